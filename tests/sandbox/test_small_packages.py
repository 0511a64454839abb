"""The stand-ins for packages that are not installed: as much of them as notebooks use, and no more."""

from __future__ import annotations

import sys

import pandas as pd
import pytest
import torch

from grader.sandbox.guest import lightning
from grader.sandbox.guest.missing_packages import SilentParts, loggers
from grader.sandbox.guest.small_packages import Encoding, dotenv, einsum, texthero
from grader.sandbox.guest.studies import Study, Trial, TrialPruned, create_study
from grader.sandbox.guest.tokens import Language


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Apple shares rise", ["Apple", "shares", "rise"]),
        ("I don't know, it's late.", ["I", "do", "n't", "know", ",", "it", "'s", "late", "."]),
        ("U.S. stocks up 3.5%", ["U.S.", "stocks", "up", "3.5", "%"]),
        ('"Game of Thrones" -- finale', ['"', "Game", "of", "Thrones", '"', "--", "finale"]),
        ("two  blanks", ["two", " ", "blanks"]),
        ("", []),
    ],
)
def test_text_is_cut_as_spacy_cuts_it(text: str, words: list[str]) -> None:
    """Blanks separate; punctuation, n't and 's are words of their own; a second blank is one too."""
    assert [token.text for token in Language()(text)] == words


def test_a_model_is_not_pretended() -> None:
    """A lemma needs a trained model: asking for one says that it is not here."""
    token = next(iter(Language().make_doc("Shares rose")))
    assert (token.lower_, token.is_alpha, token.is_punct) == ("shares", True, False)
    with pytest.raises(AttributeError, match="only cuts words"):
        _ = token.lemma_


def test_a_study_keeps_the_best_trial() -> None:
    """The smallest value, or the largest where the study says so, among as many trials as are asked for."""

    def objective(trial: Trial) -> float:
        return trial.suggest_float("lr", 1e-4, 1e-1, log=True) * trial.suggest_int("width", 8, 64, step=8)

    for direction, best in (("minimize", min), ("maximize", max)):
        study = create_study(direction=direction)
        study.optimize(objective, n_trials=12)
        values = [trial.value or 0.0 for trial in study.trials]
        assert len(values) == 12 and len(set(values)) > 1 and study.best_value == best(values)
        assert study.best_params == study.best_trial.params and set(study.best_params) == {"lr", "width"}


def test_what_is_drawn_lies_within_its_bounds() -> None:
    """Each kind of setting, in many trials; the same name has one value in a trial."""
    study = Study()
    for _ in range(60):
        trial = study.ask()
        assert 1e-5 <= trial.suggest_loguniform("rate", 1e-5, 1e-1) <= 1e-1
        assert trial.suggest_int("n", 2, 9, step=3) in (2, 5, 8) and trial.suggest_int("m", 1, 100, log=True) in range(
            1, 101
        )
        assert trial.suggest_categorical("kind", ["a", "b"]) == trial.suggest_categorical("kind", ["a", "b"])


def test_a_pruned_trial_counts_for_nothing() -> None:
    """What an objective gives up has no value; what it raises by mistake goes on."""

    def objective(trial: Trial) -> float:
        if trial.number == 1:
            raise TrialPruned
        return float(trial.number)

    study = create_study("maximize")
    study.optimize(objective, n_trials=3)
    assert [trial.value for trial in study.trials] == [0.0, None, 2.0] and study.best_trial.number == 2
    with pytest.raises(ZeroDivisionError):
        study.optimize(lambda _: 1 / 0, n_trials=1)


def test_axes_may_have_words() -> None:
    """The sum over what the result does not name."""
    weights, values = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 5, 6)
    found = einsum("batch head dest src, batch head src d_head -> batch head dest d_head", weights, values)
    assert torch.allclose(found, weights @ values, atol=1e-6)


def test_text_comes_back_from_its_bytes() -> None:
    """The end of a text has an id of its own, which is not written."""
    encoding = Encoding("gpt2")
    ids = encoding.encode("Été, 火<|endoftext|>x", allowed_special={"<|endoftext|>"})
    assert encoding.decode(ids) == "Été, 火x" and encoding.eot_token in ids and max(ids) < encoding.n_vocab


def test_loggers_take_what_they_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """`from logzero import logger`, `from loguru import logger`: a notebook that logs its training runs as without it."""
    if not {"logzero", "loguru"} & sys.modules.keys():
        loggers()
    scope: dict[str, object] = {}
    exec(LOGGING, scope)
    assert scope["value"] == 3 and not capsys.readouterr().out


LOGGING = """
import logzero
from logzero import logger, setup_logger
from loguru import logger as other
logzero.loglevel(20)
logzero.logfile("train.log")
logger.info("loss %s", 0.5)
setup_logger("train").debug("x")
other.add("train.log")
other.bind(epoch=1).opt(colors=True).success("loss {}", 0.5)

@other.catch
def f():
    return 3

value = f()
"""


def test_a_lightning_module_is_a_module_of_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    """It keeps what its constructor was given, can be called and asked for its parameters, and logs to nobody; a trainer is missing."""
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, SilentParts()])
    monkeypatch.setattr(lightning, "NAMES", ("no_lightning",))
    lightning.small_lightning()
    scope: dict[str, object] = {"__name__": "notebook"}
    exec(LIGHTNING, scope)
    assert (scope["width"], scope["rate"], scope["shape"]) == (3, 0.1, (2, 4)) and scope["parameters"] == 16
    assert scope["old"] == 5
    with pytest.raises(ModuleNotFoundError, match="pytorch_lightning"):
        exec("pl.Trainer(max_epochs=3, callbacks=[EarlyStopping('loss')])", scope)


LIGHTNING = """
import torch
import no_lightning as pl
from no_lightning.callbacks import EarlyStopping

class Net(pl.LightningModule):
    def __init__(self, width, rate=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.linear = torch.nn.Linear(self.hparams.width, 4)

    def forward(self, x):
        return self.linear(x.to(self.device))

    def training_step(self, batch, _index):
        loss = self(batch).sum()
        self.log("loss", loss, prog_bar=True)
        return loss

pl.seed_everything(1)
net = Net(3)
net.training_step(torch.ones(2, 3), 0).backward()
width, rate, shape = net.hparams.width, net.hparams["rate"], tuple(net(torch.ones(2, 3)).shape)
parameters = sum(p.numel() for p in net.parameters())

class Old(pl.LightningModule):
    def __init__(self, hparams):
        super().__init__()
        self.save_hyperparameters(hparams)

old = Old({"emb": 5}).hparams.emb
"""


def test_titles_are_cleaned_as_texthero_cleans_them() -> None:
    """Small letters, no numbers, no punctuation, no accents, no stop words, one blank between words; or the steps of one's own."""
    titles = pd.Series(["The  Café's 3 new STOCKS, up 10%!", None])
    hero = texthero()
    assert list(hero.clean(titles)) == ["cafe s new stocks", ""]
    steps = [hero.preprocessing.fillna, hero.preprocessing.lowercase]
    assert list(hero.clean(titles, steps)) == ["the  café's 3 new stocks, up 10%!", ""]


def test_no_settings_are_read_from_a_file() -> None:
    assert dotenv().load_dotenv() is False and dotenv().dotenv_values(".env") == {}
