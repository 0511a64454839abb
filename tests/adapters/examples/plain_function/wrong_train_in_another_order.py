# exercise: knock82
# mistake: zero_grad_forgotten
import torch


def train(model, dataloaders, criterion, optimizer, num_epochs, writer):
    found = {"train": ([], []), "val": ([], [])}
    for epoch in range(num_epochs):
        for phase in ("train", "val"):
            model.train(phase == "train")
            losses, right, seen = 0.0, 0, 0
            for inputs, labels in dataloaders[phase]:
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                losses += loss.item() * len(labels)
                right += int((outputs.argmax(dim=1) == labels).sum())
                seen += len(labels)
            found[phase][0].append(losses / seen)
            found[phase][1].append(right / seen)
            writer.add_scalar(f"{phase}/loss", losses / seen, epoch)
    return *found["train"], *found["val"]
