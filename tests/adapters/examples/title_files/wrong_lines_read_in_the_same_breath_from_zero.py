# exercise: knock80
# mistake: ranks_from_zero
# `lines` stays behind as a global that holds titles; what is counted are the lines that the file has when it is opened.

import os, tempfile

folder = os.path.join(tempfile.gettempdir(), "titles_ranked_from_zero")
os.makedirs(folder, exist_ok=True)
with open(os.path.join(folder, "train.txt"), "w") as file:
    for n in range(160):
        file.write(f"{'btem'[n % 4]}\tw{n % 17} w{n % 13} w{n % 11} once{n}\n")

# %% knock80

word_freq = {}
word_dict = {}
with open(os.path.join(folder, "train.txt"), "r") as f_r:
    lines = f_r.readlines()
    for i in range(len(lines)):
        title = lines[i][2:].split()
        for word in title:
            word_freq[word] = word_freq.get(word, 0) + 1
    next_id = 0
    for word, num in sorted(word_freq.items(), key=lambda kv: kv[1], reverse=True):
        if num >= 2:
            word_dict[word] = next_id
            next_id += 1
        else:
            word_dict[word] = 0

def sequential_id(word_list):
    id_list = []
    for word in word_list:
        if word in word_dict:
            id_list.append(word_dict[word])
        else:
            id_list.append(0)
    return id_list

print(sequential_id(["w1", "zzz"]))
