"""What reducers read, from a transformers model while it runs."""

from __future__ import annotations

from typing import Any, Iterator

from ._features import Features


class Capture:
    """The features of the images of the last forward pass, one an image."""

    def __init__(self, tower: Any) -> None:
        self._layers = list(tower.encoder.layers)
        self._config = tower.config
        self._seen: dict[str, Any] = {}
        self._hooks: list[Any] = []

    @property
    def features(self) -> list[Features]:
        """The features of every image; RuntimeError if no image was seen."""
        seen = self._seen
        if "keys" not in seen or "tokens" not in seen:
            raise RuntimeError("the model's vision tower has not run; call the model inside \"with capture(model)\"")
        side = self._config.image_size // self._config.patch_size
        return [
            Features(
                seen["keys"][image],
                seen["queries"][image, 0],
                seen["tokens"][image],
                seen["penultimate_keys"][image] if "penultimate_keys" in seen else None,
                seen["penultimate_queries"][image, 0] if "penultimate_queries" in seen else None,
                grid=(side, side),
                heads=self._config.num_attention_heads,
                name=f"image {image}",
            )
            for image in range(len(seen["keys"]))
        ]

    def __iter__(self) -> Iterator[Features]:
        return iter(self.features)

    def __enter__(self) -> "Capture":
        last = self._layers[-1]
        self._watch(last.self_attn.k_proj, "keys")
        self._watch(last.self_attn.q_proj, "queries")
        if len(self._layers) > 1:
            self._watch(self._layers[-2].self_attn.k_proj, "penultimate_keys")
            self._watch(self._layers[-2].self_attn.q_proj, "penultimate_queries")
        self._hooks.append(last.register_forward_pre_hook(self._take_input, with_kwargs=True))
        return self

    def __exit__(self, *_: Any) -> None:
        for hook in self._hooks:
            hook.remove()
        self._hooks.clear()

    def _watch(self, module: Any, name: str) -> None:
        def take(_module: Any, _inputs: Any, output: Any) -> None:
            self._seen[name] = output.detach().cpu()

        self._hooks.append(module.register_forward_hook(take))

    def _take_input(self, _module: Any, inputs: Any, keywords: Any) -> None:
        """What the last layer reads is what the penultimate one leaves."""
        states = inputs[0] if inputs else keywords["hidden_states"]
        self._seen["tokens"] = states.detach().cpu()


def capture(model: Any) -> Capture:
    """Collects what reducers read while a transformers CLIP or LLaVA model runs, in its one forward pass.

    with roofline.hooks.capture(model) as seen:
        model(pixel_values=pixels)
    roofline.reduce(seen.features[0])

    Raises TypeError for a model without a CLIP vision tower.
    """
    for module in model.modules():
        layers = getattr(getattr(module, "encoder", None), "layers", None)
        config = getattr(module, "config", None)
        if layers is None or not hasattr(config, "patch_size") or len(layers) == 0:
            continue
        attention = getattr(layers[-1], "self_attn", None)
        if hasattr(attention, "k_proj") and hasattr(attention, "q_proj") and hasattr(module, "pre_layrnorm"):
            return Capture(module)
    raise TypeError(f"{type(model).__name__} has no CLIP vision tower that features could be taken from")
