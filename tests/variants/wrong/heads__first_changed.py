# about: pack_pair appends to its arguments
# name: changed_in_place
def pack_pair(first, second, cls_id, sep_id):
    first.append(sep_id)
    second.append(sep_id)
    return [cls_id] + first + second, [0] * (len(first) + 1) + [1] * len(second)
