"""Data sets: every picture once, counted as the command counts it."""

import pytest

import roofline
from pictures import counts_of, noise, png, write_pictures, write_tower
from roofline import RooflineError

pytest.importorskip("pyarrow")
from roofline.data import count_tokens  # noqa: E402


@pytest.fixture(scope="module")
def tower(tmp_path_factory):
    return write_tower(tmp_path_factory.mktemp("tower") / "tower")


def test_a_folder(command, tower, tmp_path):
    pictures = write_pictures(tmp_path / "pictures", 30)
    counts = count_tokens(
        pictures, output=tmp_path / "out", encoder=str(tower), partition=8, workers=2, model="llava-1.5-7b",
        gpu="a100-80gb", precision="fp16",
    )
    rows = counts.table.to_pylist()
    assert [row["picture"] for row in rows] == [str(pictures / f"{number:05}.png") for number in range(30)]
    assert {row["picture"]: row["tokens"] for row in rows if row["error"] is None} == counts_of(command, pictures, tower)
    assert [row["picture"][-9:] for row in rows if row["error"]] == ["00015.png"]
    first = rows[0]
    # 4 x 4 patches.
    assert first["patches"] == 16 and first["kept_share"] == first["tokens"] / 16
    wanted = roofline.estimate(model="llava-1.5-7b", gpu="a100-80gb", precision="fp16", tokens=first["tokens"])
    assert first["prefill_seconds"] == wanted.expected_prefill_seconds
    assert sum(counts.distribution.values()) == pytest.approx(1)

    # The distribution is traffic, to the command as well.
    question = dict(model="llava-1.5-7b", gpu="a100-80gb", precision="fp16", generate=16, rate=4, requests=30)
    table = roofline.simulate(**question, tokens="full", picture_tokens=counts)
    options = [part for key, value in question.items() for part in (f"--{key}", value)]
    answer = command("simulate", *options, "--tokens", "full", "--picture-tokens", counts.as_option(), "--format", "json")
    assert [table.row(number) for number in range(table.rows)] == answer["rows"]


def test_what_is_there_is_not_made_again(tower, tmp_path):
    pictures = [png(noise(seed)) for seed in range(6)]
    job = dict(output=tmp_path, encoder=str(tower), partition=2)
    whole = count_tokens(pictures, **job).table
    (tmp_path / "part-000001.parquet").unlink()
    times = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("part-*")}
    assert count_tokens(pictures, **job).table.equals(whole)
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in times} == times
    assert whole["picture"].to_pylist() == ["0", "1", "2", "3", "4", "5"]
    with pytest.raises(RooflineError, match="another job"):
        count_tokens(pictures[:4], **job)
    with pytest.raises(RooflineError, match="another job"):
        count_tokens(pictures, **job, reducer="prumerge+")


def test_names_bytes_and_paths(tower, tmp_path):
    data = png(noise(3))
    (tmp_path / "a.png").write_bytes(data)
    source = [("named", data), tmp_path / "a.png", {"path": "b.png", "bytes": data}, b"no picture"]
    counts = count_tokens(source, output=tmp_path / "out", encoder=str(tower))
    rows = counts.table.to_pylist()
    assert [row["picture"] for row in rows] == ["named", str(tmp_path / "a.png"), "b.png", "3"]
    assert len({row["tokens"] for row in rows[:3]}) == 1 and rows[3]["tokens"] is None and rows[3]["error"]


def test_pictures_of_hugging_face(tower, tmp_path):
    datasets = pytest.importorskip("datasets")
    pytest.importorskip("PIL")
    data = [png(noise(seed)) for seed in range(3)]
    features = datasets.Features({"label": datasets.Value("int64"), "photo": datasets.Image()})
    rows = {"label": [0, 1, 2], "photo": [{"bytes": picture, "path": None} for picture in data]}
    found = count_tokens(datasets.Dataset.from_dict(rows, features), output=tmp_path / "a", encoder=str(tower))
    wanted = count_tokens(data, output=tmp_path / "b", encoder=str(tower))
    assert found.table.equals(wanted.table)


def test_wrong_jobs(tower, tmp_path):
    with pytest.raises(RooflineError, match="no pictures"):
        count_tokens([], output=tmp_path / "a", encoder=str(tower))
    with pytest.raises(ValueError, match="local"):
        count_tokens([b""], output=tmp_path / "b", encoder=str(tower), runner="nonsense")
    with pytest.raises(RooflineError):
        count_tokens([b""], output=tmp_path / "c", encoder=str(tmp_path))
    with pytest.raises(RooflineError, match="none of 2 pictures"):
        count_tokens([b"", b"x"], output=tmp_path / "d", encoder=str(tower))
