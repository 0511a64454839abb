# about: F.dropout in forward without training
# name: dropout_left_on
# known: no
class BertClassifier(nn.Module):
    def __init__(self, encoder, output_size):
        super().__init__()
        self.bert = encoder
        self.out = nn.Linear(encoder.config.hidden_size, output_size)

    def forward(self, ids, mask):
        return self.out(F.dropout(self.bert(ids, attention_mask=mask)[1], 0.1))
