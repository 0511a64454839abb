# about: one global table, made at the first call, is cut for all others
# name: one_table_for_all, remembers_the_first_table
PE = None


def positional_encoding(max_len, d_model):
    global PE
    if PE is None:
        PE = torch.zeros(max_len, d_model)
        for pos in range(max_len):
            for i in range(0, d_model, 2):
                PE[pos, i] = math.sin(pos / 10000 ** (i / d_model))
                if i + 1 < d_model:
                    PE[pos, i + 1] = math.cos(pos / 10000 ** (i / d_model))
    return PE[:max_len, :d_model]
