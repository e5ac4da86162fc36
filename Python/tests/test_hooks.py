"""What is taken from models of transformers is what `encode` makes of the same picture."""

import io

import numpy as np
import pytest

import roofline
from pictures import noise, png, write_preprocessing

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
Image = pytest.importorskip("PIL.Image")
from roofline.hooks import capture  # noqa: E402

VISION = dict(
    hidden_size=128, intermediate_size=160, num_hidden_layers=3, num_attention_heads=4, image_size=56, patch_size=14,
)
PARTS = ("keys", "cls_query", "tokens", "penultimate_keys", "penultimate_cls_query")


def clip():
    return transformers.CLIPVisionModel(transformers.CLIPVisionConfig(**VISION))


def llava():
    text = transformers.LlamaConfig(
        hidden_size=64, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, vocab_size=200)
    config = transformers.LlavaConfig(
        vision_config=transformers.CLIPVisionConfig(**VISION), text_config=text, image_token_id=150,
        vision_feature_layer=-2)
    return transformers.LlavaForConditionalGeneration(config)


def run(model, pixels):
    if isinstance(model, transformers.CLIPVisionModel):
        return model(pixel_values=pixels)
    # An image is 4 x 4 patches, in front of three tokens of text.
    text = torch.tensor([[150] * 16 + [1, 2, 3]] * len(pixels))
    return model(input_ids=text, pixel_values=pixels, attention_mask=torch.ones_like(text))


def tower(model):
    """The tower inside a model, to be saved."""
    return next(m for m in model.modules() if isinstance(m, transformers.CLIPVisionModel))


@pytest.mark.parametrize("make", [clip, llava])
def test_features_are_those_of_encode(make, tmp_path):
    torch.manual_seed(1)
    model = make().eval()
    folder = tmp_path / "tower"
    tower(model).save_pretrained(folder)
    write_preprocessing(folder, 56)
    pictures = [png(noise(seed, 64, 64)) for seed in (1, 2)]
    processor = transformers.CLIPImageProcessor.from_pretrained(folder)
    images = [Image.open(io.BytesIO(picture)) for picture in pictures]
    pixels = processor(images, return_tensors="pt")["pixel_values"]
    with torch.inference_mode(), capture(model) as seen:
        run(model, pixels)
    encoder = roofline.Encoder(folder)
    assert len(seen.features) == 2
    for found, picture in zip(seen.features, pictures):
        wanted = encoder.encode(picture)
        for part in PARTS:
            ours, theirs = np.asarray(getattr(wanted, part)), getattr(found, part).float().numpy()
            assert np.abs(ours - theirs).max() < 1e-4 * max(1, np.abs(ours).max()), part
        assert (found.patches, found.width, found.heads) == (wanted.patches, wanted.width, wanted.heads) == (16, 128, 4)
        assert np.array_equal(roofline.reduce(found).kept, roofline.reduce(wanted).kept)


def test_hooks_are_gone_afterwards():
    model = clip().eval()
    before = sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())
    with capture(model) as seen:
        pass
    after = sum(len(module._forward_hooks) + len(module._forward_pre_hooks) for module in model.modules())
    assert after == before
    with pytest.raises(RuntimeError, match="has not run"):
        seen.features


def test_other_models_are_refused():
    with pytest.raises(TypeError, match="no CLIP vision tower"):
        capture(torch.nn.Linear(2, 2))


def test_a_configuration_of_transformers():
    # Embedding and head 2 x 200 x 64; a layer 4 x 64^2 + 3 x 64 x 96 + 2 norms of 64; the last norm.
    config = transformers.LlamaConfig(
        hidden_size=64, intermediate_size=96, num_hidden_layers=1, num_attention_heads=4, vocab_size=200,
        architectures=["LlamaForCausalLM"],
    )
    found = roofline.estimate(model=config, gpu="v100", precision="fp16")
    assert found.parameters == 2 * 200 * 64 + 4 * 64**2 + 3 * 64 * 96 + 2 * 64 + 64
