"""What sentences teach the encoder: learnt from no part that is held out, and added to the weights it came with.

torch stays out of this process: what needs it runs in one of its own.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nlp import sentences, train
from nlp.models import CHANGE, shipped_model
from nlp.sentences import Sentence

_BEGINNING = """
import json, sys
from pathlib import Path
import torch
from transformers import AutoTokenizer, BertConfig, BertModel
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Pooling, Transformer
from nlp import adapter, sentences
shipped, folder = sys.argv[1], Path(sys.argv[2])
torch.set_num_threads(1)

def tiny():
    torch.manual_seed(5)
    config = BertConfig(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertModel(config).save_pretrained(folder / "bert")
    AutoTokenizer.from_pretrained(shipped).save_pretrained(folder / "bert")
    bert = Transformer(str(folder / "bert"))
    return SentenceTransformer(modules=[bert, Pooling(32)], device="cpu")
"""

_LEARN = (
    _BEGINNING
    + """
pupils = []

def opened():
    pupils.append(tiny())
    return pupils[-1]

adapter.learn(opened, sentences.read([Path(sys.argv[3])]), folder / "change.npz", lambda line: None)
fresh = tiny()
before = fresh.encode(["my parcel is late"])
adapter.adapt(fresh[0].auto_model, folder / "change.npz")
moved = abs(fresh.encode(["my parcel is late"]) - before).max()
name = "layer.0.attention.self.query"
layers = [one[0].auto_model.encoder.get_submodule(name) for one in pupils]
learnt = sum(one.layer.weight + one.b @ one.a for one in layers) / len(layers)
away = abs(learnt - fresh[0].auto_model.encoder.get_submodule(name).weight).max()
apart = abs(layers[0].b @ layers[0].a - layers[1].b @ layers[1].a).max()
print(json.dumps({"away": float(away), "apart": float(apart), "moved": float(moved)}))
"""
)

_ADAPT = (
    _BEGINNING
    + """
try:
    adapter.adapt(tiny()[0].auto_model, Path(sys.argv[3]))
except ValueError as error:
    print(json.dumps(str(error)))
"""
)


def run(script: str, folder: Path, given: Path) -> object:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-c", script, str(shipped_model()), str(folder), str(given)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2])
    return json.loads(done.stdout.splitlines()[-1])


#: three parts, so that whole ones are held out: by its name, `hurried` is
PARTS = ("angry", "hurried", "polite")


def write(folder: Path, hurried: str) -> Path:
    """Sentences of three parts; `hurried` is what those in a hurry say."""
    for intent, words in {"refund": "money back", "order_status": "where is it"}.items():
        file = folder / "en" / f"{intent}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            line
            for part in PARTS
            for line in (f"# {part}", *(f"{words} {hurried if part == 'hurried' else part} {n}" for n in range(40)))
        ]
        file.write_text("\n".join(lines))
    return folder


def test_the_hurried_of_these_tests_are_held_out(tmp_path: Path) -> None:
    known = sentences.read([write(tmp_path, "quick")])
    out, whole = train.left_out(known)

    assert {known[place].part for place in np.flatnonzero(out)} == {"hurried"}
    assert (out == whole).all()


def test_the_mean_of_what_was_learnt_is_added_to_the_weights_a_model_came_with(tmp_path: Path) -> None:
    told = run(_LEARN, tmp_path / "made", write(tmp_path / "sentences", "quick"))

    assert isinstance(told, dict)
    assert told["moved"] > 0.005
    # the file has half precision
    assert told["away"] < told["apart"] / 10


def test_parts_that_are_held_out_teach_nothing(tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(_LEARN, tmp_path / name, write(tmp_path / f"{name} said", f"number {name}"))
    one, two = (np.load(tmp_path / name / "change.npz") for name in ("one", "two"))

    assert one.files == two.files
    assert all((one[name] == two[name]).all() for name in one.files)


def test_a_change_of_another_model_is_refused(tmp_path: Path) -> None:
    assert run(_ADAPT, tmp_path / "made", CHANGE) == f"{CHANGE.name} changes other layers than the model has"


def test_which_parts_are_held_out_does_not_depend_on_what_else_is_said() -> None:
    shipped = sentences.read([sentences.SHIPPED])
    more = [Sentence("could you?", "en", "a shop's own customers", intent="other"), *shipped]

    for before, after in zip(train.left_out(shipped), train.left_out(more), strict=True):
        assert (after[1:] == before).all()


@pytest.mark.parametrize("language", ["en", "zh", "de", "fr", "es", "pt"])
def test_of_every_language_some_parts_are_held_out_and_most_sentences_are_not(language: str) -> None:
    own = [one for one in sentences.read([sentences.SHIPPED]) if one.language == language and one.intent is not None]
    out, whole = train.left_out(own)

    assert whole.any()
    assert 0.1 < out.mean() < 0.5
