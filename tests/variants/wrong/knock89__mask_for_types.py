# about: the mask goes in as token_type_ids
# name: mask_dropped
# known: yes
class BertClassifier(nn.Module):
    def __init__(self, encoder, output_size):
        super().__init__()
        self.bert = encoder
        self.out = nn.Linear(encoder.config.hidden_size, output_size)

    def forward(self, ids, mask):
        return self.out(self.bert(ids, token_type_ids=mask)[0][:, 0])
