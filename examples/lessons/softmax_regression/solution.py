# %% [markdown]
# # Softmax regression from scratch
#
# The smallest classifier there is: one matrix turns an input into a score for each class, softmax turns the scores into
# probabilities, and the gradient says how to move the matrix. The last layer of every large classifier is this one. You write it
# in NumPy from its formulas, check your own gradient by measuring it, and then let PyTorch do the same in a few lines.
#
# | part | in a few words |
# |---|---|
# | `softmax` | scores become probabilities |
# | `cross_entropy` | how surprised the model is by the right answers |
# | `gradients` | which way the loss grows, from the formula |
# | `numerical_gradient` | the same, measured, so that you need not trust the formula |
# | `train` | walk downhill, with PyTorch's gradient |
#
# - **You will be able to**: write softmax so that it never overflows; derive and check a gradient; train a linear classifier.
# - **You need**: functions and loops of Python, the product of two matrices, what a derivative is.
# - **Time**: 60 to 90 minutes. Running all cells takes a few seconds.
# - **Check as you go**: run the cell below your answer, such as `check("softmax_scores")`, and it is graded on the spot.
#   When you are stuck, `hint("softmax_scores")` gives one hint at a time.
#
# Notation: B number of examples, D number of features, L number of classes.
# %% role="setup"
import numpy as np
import torch


# %% [markdown] exercise="softmax_scores"
# ## From scores to probabilities (softmax_scores)
#
# A score may be any number, a probability may not: it is positive, and those of one example sum to one. The exponential makes
# every score positive, the sum below makes them sum to one.
#
# $$p_{bl} = \frac{e^{s_{bl}}}{\sum_{k} e^{s_{bk}}}$$
#
# - Each *row* is an example, so the sum runs over the columns. `keepdims=True` keeps the axis, and the division fits again.
# - $e^{1000}$ is too large for any computer. Adding the same number to all scores of a row changes nothing (why?), so take the
#   largest of each row away first: then the largest exponent is 0.
#
# Write `softmax(scores)`, (B, L) to (B, L).
# %% exercise="softmax_scores" role="answer"
def softmax(scores):
    """scores (B, L) -> probabilities (B, L)"""
    # BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)  # (B, L), the largest of each row is 0
    powers = np.exp(shifted)
    return powers / powers.sum(axis=1, keepdims=True)
    # END SOLUTION


# %% exercise="softmax_scores" role="demo"
if __name__ == "__main__":
    print(softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])))  # [[0.5 0.5], [1. 0.]]


# %% [markdown] exercise="softmax_loss"
# ## How surprised the model is (softmax_loss)
#
# The cross-entropy is the mean of $-\log p$ of the right classes: 0 for a model that is always sure and right, $\log L$ for one that
# knows nothing.
#
# $$\text{loss} = -\frac{1}{B} \sum_b \log p_{b,\,y_b}$$
#
# A probability may be so small that it is rounded to 0, and $\log 0$ is minus infinity. So do not take the logarithm of a softmax:
#
# $$\log p_{bl} = s_{bl} - \log \sum_k e^{s_{bk}}$$
#
# again with the largest score of each row taken away. `scores[np.arange(B), labels]` picks one column of each row.
#
# Write `cross_entropy(scores, labels)`: scores (B, L) and the numbers of the right classes (B,) to one number.
# %% exercise="softmax_loss" role="answer"
def cross_entropy(scores, labels):
    """scores (B, L), labels (B,) of whole numbers -> the mean loss, a number"""
    # BEGIN SOLUTION
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (B, L)
    right = log_p[np.arange(len(labels)), labels]  # (B,)
    return -right.mean()
    # END SOLUTION


# %% exercise="softmax_loss" role="demo"
if __name__ == "__main__":
    print(cross_entropy(np.zeros((2, 4)), np.array([0, 3])), np.log(4))  # both 1.386
    print(cross_entropy(np.array([[0.0, 1000.0]]), np.array([0])))  # 1000.0, not inf


# %% [markdown] exercise="softmax_gradient"
# ## Which way is downhill (softmax_gradient)
#
# The scores are $s = xW + b$. The chain rule, done once on paper, leaves something that one can remember: the gradient with respect
# to the scores is *what the model said minus what was right*.
#
# $$\frac{\partial\,\text{loss}}{\partial s} = \frac{1}{B}\,(p - \text{onehot}(y)) = g, \qquad \frac{\partial\,\text{loss}}{\partial W} = x^\top g, \qquad
# \frac{\partial\,\text{loss}}{\partial b} = \sum_b g_b$$
#
# - $g$ is (B, L). The loss is a mean, so each example has its share of $1/B$.
# - A gradient has the shape of what it belongs to: $x^\top g$ is (D, L), as $W$ is.
#
# Write `gradients(x, labels, weight, bias)`: x (B, D), labels (B,), weight (D, L), bias (L,) to the pair (D, L), (L,). Change none
# of the arguments.
# %% exercise="softmax_gradient" role="answer"
def gradients(x, labels, weight, bias):
    """x (B, D), labels (B,), weight (D, L), bias (L,) -> gradients (D, L) and (L,)"""
    # BEGIN SOLUTION
    g = softmax(x @ weight + bias)  # (B, L)
    g[np.arange(len(labels)), labels] -= 1
    g = g / len(labels)
    return x.T @ g, g.sum(axis=0)
    # END SOLUTION


# %% exercise="softmax_gradient" role="demo"
if __name__ == "__main__":
    x, labels = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([0, 1])
    for gradient in gradients(x, labels, np.zeros((2, 2)), np.zeros(2)):
        print(gradient)  # [[-0.25  0.25], [-0.25  0.25]] and [0. 0.]


# %% [markdown] exercise="gradient_check"
# ## Do not trust the formula, measure (gradient_check)
#
# A wrong gradient seldom stops a program: it learns a little worse, and nobody sees why. So measure it. Move one number a little to
# either side and see how much the loss changes.
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2\,\varepsilon}$$
#
# - Both sides: then the error is of the order $\varepsilon^2$. With one side it is of the order $\varepsilon$.
# - `for place in np.ndindex(x.shape)` visits every number of an array of any shape.
# - Put each number back before you go on to the next, and leave the `x` that you were given as it was: work on a copy.
#
# Write `numerical_gradient(f, x, eps=1e-5)`: a function from an array to a number, and an array of any shape, to an array of that shape.
# %% exercise="gradient_check" role="answer"
def numerical_gradient(f, x, eps=1e-5):
    """f: array -> number, x of any shape -> its gradient, of that shape"""
    # BEGIN SOLUTION
    moved = x.copy()
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        before = moved[place]
        moved[place] = before + eps
        above = f(moved)
        moved[place] = before - eps
        below = f(moved)
        moved[place] = before
        gradient[place] = (above - below) / (2 * eps)
    return gradient
    # END SOLUTION


# %% exercise="gradient_check" role="demo"
if __name__ == "__main__":
    numbers = np.random.default_rng(0)
    x, labels = numbers.normal(size=(5, 3)), np.array([0, 1, 2, 1, 0])
    weight, bias = numbers.normal(size=(3, 4)), numbers.normal(size=4)
    measured = numerical_gradient(lambda w: cross_entropy(x @ w + bias, labels), weight)
    print(np.abs(measured - gradients(x, labels, weight, bias)[0]).max())  # below 1e-8: the formula is right


# %% [markdown] exercise="softmax_training"
# ## The same with PyTorch (softmax_training)
#
# PyTorch knows softmax, its logarithm and every gradient. What remains is the walk: compute the loss, ask for the gradient, take a step.
#
# $$W \leftarrow W - \eta\,\frac{\partial\,\text{loss}}{\partial W}, \qquad b \leftarrow b - \eta\,\frac{\partial\,\text{loss}}{\partial b}$$
#
# Write `train(x, labels, classes, lr, steps)`: x (B, D) and labels (B,) as tensors. Begin with a weight (D, L) and a bias (L,) of zeros,
# take `steps` steps on all examples at once, and return `weight, bias, losses`: the list of the losses *before* each step.
#
# `torch.nn.functional.cross_entropy` takes scores, not probabilities. A gradient is *added* to what is in `.grad`, so empty it each time.
# %% exercise="softmax_training" role="answer"
def train(x, labels, classes, lr, steps):
    """x (B, D), labels (B,) -> weight (D, L), bias (L,), the loss before each step"""
    # BEGIN SOLUTION
    weight = torch.zeros(x.shape[1], classes, requires_grad=True)
    bias = torch.zeros(classes, requires_grad=True)
    optimizer = torch.optim.SGD([weight, bias], lr=lr)
    losses = []
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(x @ weight + bias, labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return weight.detach(), bias.detach(), losses
    # END SOLUTION


# %% [markdown] exercise="softmax_training"
# Two clouds of points, and a line between them. Try it: what do the losses do with `lr=0.01`, and with `lr=50`? Before you run it,
# guess the first loss. It does not depend on the data at all.
# %% exercise="softmax_training" role="demo"
if __name__ == "__main__":
    generator = torch.Generator().manual_seed(0)
    x = torch.cat([torch.randn(50, 2, generator=generator) + 1, torch.randn(50, 2, generator=generator) - 1])
    labels = torch.cat([torch.zeros(50), torch.ones(50)]).long()
    for lr in (0.01, 0.5, 50.0):
        weight, bias, losses = train(x, labels, classes=2, lr=lr, steps=50)
        right = ((x @ weight + bias).argmax(dim=1) == labels).float().mean()
        print(f"lr {lr}: loss {losses[0]:.3f} -> {losses[-1]:.3f}, {right:.0%} right")
