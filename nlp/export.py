"""A sentence-transformers model as one quantised ONNX file: torch is needed here, and nowhere else.

The weights of every linear layer become int8, each column with a scale of its own. What goes into a layer is rounded
to eight bits by a scale that was measured once, on sample texts. ONNX Runtime's dynamic quantisation takes the scale
from the batch at hand, so that a text would read differently beside other texts; a fixed one does not.
"""

import json
import os
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import helper, numpy_helper

from nlp import adapter

#: what goes into a layer is clipped to this share of what sample texts put in: a few outliers would coarsen the rest
_KEPT: Final = 99.0
#: more of a text is not looked at: readers go by the sentence
LONGEST: Final = 128
_OPSET: Final = 18
_MICROSOFT: Final = "com.microsoft"


class BadEncoder(Exception):
    """A model cannot be used as an encoder; the sentence says why and what to do."""

    def __init__(self, model: str, why: str) -> None:
        super().__init__(f"the encoder {model!r} cannot be used: {why}")
        self.model = model


def export(model: str, samples: Sequence[str], folder: Path, change: Path | None = None) -> None:
    """Writes `encoder.onnx`, `tokenizer.json` and `encoder.json` into a folder. Raises `BadEncoder`.

    `change` is what `nlp.adapter` learnt of this model, and is added to its weights.
    """
    transformer = _loaded(model)
    if change is not None:
        adapter.adapt(transformer[0].auto_model, change)
    longest = min(int(transformer.max_seq_length or LONGEST), LONGEST)
    transformer.tokenizer.save_pretrained(folder / "tokenizer")
    try:
        os.replace(folder / "tokenizer" / "tokenizer.json", folder / "tokenizer.json")
    except FileNotFoundError:
        raise BadEncoder(model, "its tokenizer has no fast form (tokenizer.json); choose another model") from None
    plain = folder / "plain.onnx"
    _trace(transformer, plain)
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(longest)
    tokens = [encoding.ids for encoding in tokenizer.encode_batch([text for text in samples if text])]
    graph = _joined_attention(_fused(plain, transformer))
    onnx.save(_quantised(graph, tokens, folder), folder / "encoder.onnx")
    plain.unlink()
    about = {
        "model": model,
        "dimension": int(transformer.get_embedding_dimension()),
        "longest": longest,
    }
    (folder / "encoder.json").write_text(json.dumps(about))


# --- out of torch ---------------------------------------------------------------------------------------------------


def _loaded(model: str) -> Any:
    """The model, its attention a single operator where its kind allows it."""
    from sentence_transformers import SentenceTransformer
    from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS
    from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

    ALL_ATTENTION_FUNCTIONS.register("shopdesk", _attention)
    ALL_MASK_ATTENTION_FUNCTIONS.register("shopdesk", lambda *_args, **_more: None)
    local = Path(model).is_dir()
    try:
        try:
            return SentenceTransformer(
                model, device="cpu", local_files_only=local, model_kwargs={"attn_implementation": "shopdesk"}
            )
        except ValueError:  # a kind of model whose attention cannot be exchanged
            return SentenceTransformer(
                model, device="cpu", local_files_only=local, model_kwargs={"attn_implementation": "eager"}
            )
    except Exception as error:
        why = " ".join(str(error).split())
        raise BadEncoder(
            model, f"{why[:300]} - nlp.encoder takes the folder or the hub name of a sentence-transformers model"
        ) from error


class _MultiHeadAttention(torch.autograd.Function):
    """Attention as the operator that ONNX Runtime has for it. In torch it is never computed, only traced."""

    @staticmethod
    def forward(_context: Any, query: Any, _key: Any, _value: Any, _mask: Any, _heads: int) -> Any:
        return query.clone()

    @staticmethod
    def symbolic(graph: Any, query: Any, key: Any, value: Any, mask: Any, heads: int) -> Any:
        no_bias = graph.op("prim::Constant")
        no_bias.setType(torch._C.OptionalType.ofTensor())
        joined = graph.op(f"{_MICROSOFT}::MultiHeadAttention", query, key, value, no_bias, mask, num_heads_i=heads)
        joined.setType(query.type())
        return joined


#: the tokens that count in the batch being traced: transformers hands attention a mask of another form
_mask: list[Any] = []


def _attention(module: Any, query: Any, key: Any, value: Any, _: Any, **_more: Any) -> tuple[Any, None]:
    heads = int(module.config.num_attention_heads)
    size = int(module.config.hidden_size) // heads

    def flat(each: Any) -> Any:
        return each.transpose(1, 2).reshape(each.shape[0], each.shape[2], heads * size)

    joined = _MultiHeadAttention.apply(flat(query), flat(key), flat(value), _mask[0], heads)  # type: ignore[no-untyped-call]
    return joined.view(joined.shape[0], joined.shape[1], heads, size), None


class _Vectors(torch.nn.Module):
    """Token ids to sentence vectors of length one."""

    def __init__(self, transformer: Any) -> None:
        super().__init__()
        self.transformer = transformer

    def forward(self, input_ids: Any, attention_mask: Any) -> Any:
        _mask[:] = [attention_mask.to(torch.int32)]
        found = self.transformer({"input_ids": input_ids, "attention_mask": attention_mask})
        return torch.nn.functional.normalize(found["sentence_embedding"], dim=1)


def _trace(transformer: Any, file: Path) -> None:
    ids = torch.ones(2, 7, dtype=torch.long)
    names = ["input_ids", "attention_mask"]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the tracer warns of every number it takes for constant, and of its age
        torch.onnx.export(
            _Vectors(transformer).eval(),
            (ids, ids),
            str(file),
            input_names=names,
            output_names=["vectors"],
            dynamic_axes={**{name: {0: "texts", 1: "tokens"} for name in names}, "vectors": {0: "texts"}},
            opset_version=_OPSET,
            dynamo=False,  # the other exporter cannot be taught an operator of ONNX Runtime's own
        )


# --- the graph ------------------------------------------------------------------------------------------------------


def _fused(file: Path, transformer: Any) -> onnx.ModelProto:
    """Layer norms and activations as one operator each."""
    from onnxruntime.transformers import optimizer

    config = transformer[0].auto_model.config
    heads, hidden = int(config.num_attention_heads), int(config.hidden_size)
    optimised = optimizer.optimize_model(str(file), model_type="bert", num_heads=heads, hidden_size=hidden, opt_level=0)
    model: onnx.ModelProto = optimised.model
    return model


_SHAPING: Final = {"Reshape", "Transpose", "Identity"}


def _joined_attention(model: onnx.ModelProto) -> onnx.ModelProto:
    """Takes away what only turned heads round and back again, and what nothing needs then."""
    graph = model.graph
    made = {output: node for node in graph.node for output in node.output}

    def origin(name: str) -> str:
        while name in made and made[name].op_type in _SHAPING:
            name = made[name].input[0]
        return name

    for node in graph.node:
        if node.op_type == "MultiHeadAttention":
            node.input[:3] = [origin(name) for name in node.input[:3]]
    for node in graph.node:
        if node.op_type not in _SHAPING and node.op_type != "MultiHeadAttention":
            found = [origin(name) for name in node.input]
            joined = [name in made and made[name].op_type == "MultiHeadAttention" for name in found]
            node.input[:] = [
                new if is_joined else old for new, old, is_joined in zip(found, node.input, joined, strict=True)
            ]
    _replace(graph.node, _alive(model, graph.node))
    return model


def _alive(model: onnx.ModelProto, nodes: Iterable[Any]) -> list[Any]:
    nodes = list(nodes)
    made = {output: index for index, node in enumerate(nodes) for output in node.output}
    needed: set[int] = set()
    wanted = [output.name for output in model.graph.output]
    while wanted:
        index = made.get(wanted.pop())
        if index is not None and index not in needed:
            needed.add(index)
            wanted += nodes[index].input
    return [node for index, node in enumerate(nodes) if index in needed]


def _replace(repeated: Any, by: Iterable[Any]) -> None:
    kept = list(by)
    del repeated[:]
    repeated.extend(kept)


# --- eight bits -----------------------------------------------------------------------------------------------------


def _quantised(model: onnx.ModelProto, tokens: Sequence[Sequence[int]], folder: Path) -> onnx.ModelProto:
    """Every product with a weight in int8; what goes in is uint8 by a fixed scale."""
    graph = model.graph
    weights = {one.name: one for one in graph.initializer}
    products = [node for node in graph.node if node.op_type == "MatMul" and node.input[1] in weights]
    ranges = _ranges(model, sorted({node.input[0] for node in products}), tokens, folder)
    consumers: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            consumers.setdefault(name, []).append(node)
    nodes: list[Any] = []
    added: list[Any] = []
    rounded: set[str] = set()
    biased: set[str] = set()
    for node in graph.node:
        if node.output[0] in biased:
            continue
        if node.op_type == "BiasGelu":
            # as two operators the bias joins the product before it, and the activation is the fast one
            nodes += _fast_activation(node)
            continue
        if node.op_type != "MatMul" or node.input[1] not in weights:
            nodes.append(node)
            continue
        came = node.input[0]
        if came not in rounded:
            rounded.add(came)
            added += _scale(came, *ranges[came])
            nodes.append(helper.make_node("QuantizeLinear", [came, f"{came}_scale", f"{came}_zero"], [f"{came}_8"]))
        bias, output = "", node.output[0]
        after = consumers[output]
        if len(after) == 1 and after[0].op_type == "Add":
            known = [name for name in after[0].input if name in weights and len(weights[name].dims) == 1]
            if known:
                bias, output = known[0], after[0].output[0]
                biased.add(output)
        added += _columns(output, numpy_helper.to_array(weights[node.input[1]]))
        inputs = [f"{came}_8", f"{output}_w", f"{came}_scale", f"{output}_ws", f"{came}_zero", f"{output}_wz", bias]
        nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [output], domain=_MICROSOFT))
    _replace(graph.node, nodes)
    needed = {name for node in nodes for name in node.input}
    _replace(graph.initializer, [*(one for one in graph.initializer if one.name in needed), *added])
    return model


def _fast_activation(node: Any) -> list[Any]:
    (output,) = node.output
    added = helper.make_node("Add", list(node.input), [f"{output}_sum"])
    return [added, helper.make_node("FastGelu", [f"{output}_sum"], [output], domain=_MICROSOFT)]


def _ranges(
    model: onnx.ModelProto, names: list[str], tokens: Sequence[Sequence[int]], folder: Path
) -> dict[str, tuple[float, float]]:
    """The least and the greatest number that sample texts put into each layer."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_tensor_value_info(name, 1, None) for name in names)
    file = folder / "watched.onnx"
    onnx.save(watched, file)
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    low: dict[str, list[float]] = {name: [] for name in names}
    high: dict[str, list[float]] = {name: [] for name in names}
    for ids in tokens:
        batch = np.array([ids], np.int64)
        _, *seen = session.run(None, {"input_ids": batch, "attention_mask": np.ones_like(batch)})
        for name, values in zip(names, seen, strict=True):
            low[name].append(float(values.min()))
            high[name].append(float(values.max()))
    file.unlink()
    return {
        name: (min(0.0, float(np.percentile(low[name], 100 - _KEPT))), float(np.percentile(high[name], _KEPT)))
        for name in names
    }


def _scale(name: str, low: float, high: float) -> list[Any]:
    scale = max(high - low, 1e-6) / 255
    zero = np.array(min(255, round(-low / scale)), np.uint8)
    return [
        numpy_helper.from_array(np.array(scale, np.float32), f"{name}_scale"),
        numpy_helper.from_array(zero, f"{name}_zero"),
    ]


def _columns(output: str, weight: Any) -> list[Any]:
    scales = np.maximum(np.abs(weight).max(axis=0), 1e-9) / 127
    return [
        numpy_helper.from_array(np.round(weight / scales).astype(np.int8), f"{output}_w"),
        numpy_helper.from_array(scales.astype(np.float32), f"{output}_ws"),
        numpy_helper.from_array(np.zeros(weight.shape[1], np.int8), f"{output}_wz"),
    ]
