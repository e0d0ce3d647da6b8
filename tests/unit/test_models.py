"""Models in their cache: what happens when they are missing, broken, foreign or out of date."""

import json
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nlp import encoder, heads, models, sentences
from nlp.encoder import BrokenModel
from nlp.models import Making, NotMade, open_reader, shipped_model
from tests.conftest import MODELS

ROOT = Path(__file__).parents[2]
KEPT = Making(Path(MODELS["SHOPDESK__NLP__FOLDER"]))


@pytest.fixture
def few(tmp_path: Path) -> Making:
    """A reader that learns little, so that it is made in seconds."""
    folder = tmp_path / "few"
    for language in ("en", "zh"):
        for intent in ("refund", "greeting", "thanks", "other"):
            source = sentences.SHIPPED / language / f"{intent}.txt"
            target = folder / language / f"{intent}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text("\n".join(source.read_text(encoding="utf-8").splitlines()[:60]), encoding="utf-8")
    return Making(tmp_path / "models", sentences=(folder,))


def test_a_broken_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / KEPT.made.encoder.name
    shutil.copytree(KEPT.made.encoder, folder)
    whole = (folder / "encoder.onnx").read_bytes()
    (folder / "encoder.onnx").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(BrokenModel, match=r"encoder\.onnx is no usable model .*: remove .*, and it is made anew"):
        encoder.load(folder)


def test_a_foreign_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "encoder"
    shutil.copytree(KEPT.made.encoder, folder)
    about = (folder / "encoder.json").read_text().replace("384", "768")
    (folder / "encoder.json").write_text(about)

    with pytest.raises(BrokenModel, match="its vectors have not 768 numbers"):
        encoder.load(folder)

    file = tmp_path / "reader.npz"
    np.savez(file, weights=np.zeros(3))

    with pytest.raises(BrokenModel, match=r"reader\.npz is no usable model"):
        heads.load(file)


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    kept, about = heads.load(KEPT.made.reader)
    heads.save(kept, about, tmp_path / "again.npz")

    again, told = heads.load(tmp_path / "again.npz")

    assert told == about
    assert [file.name for file in tmp_path.iterdir()] == ["again.npz"]
    for script, head in kept.items():
        assert again[script].tasks.keys() == head.tasks.keys()
        grams = head.grams(np.arange(5000))
        assert np.array_equal(again[script].grams(np.arange(5000)), grams)
        vector = np.ones((1, 384), np.float32)
        chances = [one.chances(grams[None], vector) for one in (head, again[script])]
        assert all(np.array_equal(chances[0][name], chances[1][name]) for name in head.tasks)


def test_what_a_reader_comes_from_names_its_file(tmp_path: Path) -> None:
    own = tmp_path / "own"
    before = Making(tmp_path, sentences=(sentences.SHIPPED, own))
    name = before.made.reader

    (own / "en").mkdir(parents=True)
    (own / "en" / "refund.txt").write_text("my coins back, please\n")

    assert before.made.reader != name
    assert before.made.encoder == Making(tmp_path).made.encoder
    assert Making(tmp_path, model="intfloat/multilingual-e5-small").made.encoder != before.made.encoder


def test_making_tells_how_far_it_is_and_leaves_nothing_half_made(few: Making) -> None:
    told: list[str] = []
    # an export that was interrupted left this
    (few.folder / "half-export").mkdir(parents=True)
    (few.folder / "half-export" / "plain.onnx").write_bytes(b"x")
    reader = open_reader(few, told.append)

    assert reader.read("please give me a refund").intent == "refund"
    assert any("exporting the encoder" in one for one in told)
    names = sorted(each.name.split("-")[0] for each in few.folder.iterdir())
    assert names == ["encoder", "making.lock", "reader"]


def test_the_same_sentences_make_the_same_reader(few: Making) -> None:
    few.folder.mkdir()
    shutil.copytree(KEPT.made.encoder, few.made.encoder)
    first = models.make(few, print).reader.read_bytes()

    assert models.make(few, print, anew=True).reader.read_bytes() == first


def test_an_export_that_is_killed_leaves_nothing_that_passes_for_whole(few: Making) -> None:
    asked = {
        "encoder": str(few.made.encoder),
        "reader": str(few.made.reader),
        "model": "",
        "sentences": [str(few.sentences[0])],
        "corrections": [],
        "anew": False,
    }
    few.folder.mkdir()
    with subprocess.Popen([sys.executable, "-m", "nlp.make"], stdin=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(asked))
        process.stdin.close()
        while not list(few.folder.glob("half-*/plain.onnx")):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()

    assert not few.made.is_done
    assert list(few.folder.glob("encoder-*")) == []


_TINY = """
import sys
from sentence_transformers import SentenceTransformer
from sentence_transformers.models import Pooling, Transformer
from transformers import AutoTokenizer, BertConfig, BertModel
shipped, folder = sys.argv[1:]
config = BertConfig(hidden_size=48, num_hidden_layers=2, num_attention_heads=4, intermediate_size=96)
BertModel(config).save_pretrained(folder + "/bert")
AutoTokenizer.from_pretrained(shipped).save_pretrained(folder + "/bert")
bert = Transformer(folder + "/bert")
SentenceTransformer(modules=[bert, Pooling(48)]).save(folder + "/model")
"""


def test_another_sentence_transformers_model_is_one_folder_away(few: Making, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", _TINY, str(shipped_model()), str(tmp_path)], check=True, capture_output=True)

    reader = open_reader(replace(few, model=str(tmp_path / "model")), lambda _: None)

    assert reader.encoder.dimension == 48
    assert reader.read("please give me a refund").intent == "refund"


def test_a_model_that_is_none_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "not-a-model").mkdir()

    with pytest.raises(NotMade, match=r"not-a-model.*cannot be used.*nlp\.encoder takes the folder or the hub name"):
        models.make(Making(tmp_path / "models", model=str(tmp_path / "not-a-model")), lambda _: None)

    assert list((tmp_path / "models").glob("encoder-*")) == []


def test_the_model_that_ships_is_there() -> None:
    assert (shipped_model() / "model.safetensors").exists()
