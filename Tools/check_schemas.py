#!/usr/bin/env python3
"""Validates what the command prints against the JSON Schemas in Documentation/schemas.

    Tools/check_schemas.py [ROOFLINE] [--calibrate]

ROOFLINE is the built command. Needs Python's jsonschema; without it says so and checks nothing. Files of devices are held
against device.json where there is PyYAML; with --calibrate so is what calibrate measures, which takes a minute. A key that is not in a
schema is an error, so that every key is described there; so is a column of `roofline list columns` that row.json lacks.
The status is 1 if anything is wrong.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import jsonschema
    import referencing
except ImportError:
    print("Skipped the check of JSON Schemas: needs Python with jsonschema")
    sys.exit(0)

try:
    import yaml
except ImportError:
    yaml = None

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "Documentation" / "schemas"
MEASURED = """hardware,operator,precision,rows,inner,columns,seconds,source
a100,matmul,fp16,512,4096,4096,0.0002,made up
a100,matmul,fp16,512,2048,4096,0.000001,made up
"""

PICTURES = ("--encoder Tests/EncodingTests/Fixtures/plain --image Tests/ImagesTests/Fixtures/rgb-rgb.jpg "
            "--image Tests/ImagesTests/Fixtures/rgb-3x40.jpg")

SIMULATED = ("simulate --model llava-1.5-7b --gpu a100-80gb --precision fp16 --tokens full --generate uniform:min=1,max=9 "
             "--rate 8 --requests 40 ")

# Files that a call writes beside what it prints: the schema of a line, and the call without the file.
FILES = {
    "request": SIMULATED + "--request-rows",
    "interval": SIMULATED + "--timeline",
    "pass": SIMULATED + "--passes",
    "candidate": "plan --model llava-1.5-7b --gpu a100-80gb,h20,l4,v100 --generate 16 --rate 8 --requests 50 --ttft 200ms@p95 "
                 "--candidates",
}

# The schema of an output, and the calls whose output it describes.
CALLS = {
    "estimate": [
        "--model llava-1.5-7b --gpu v100",
        "--model llava-1.5-7b,llama-3.1-8b --gpu v100,epyc-9654 --generate 1,16 --price-per-hour 2 --batch 1..4",
        "--model llama-3.1-8b --gpu h100-sxm,a100-80gb --tensor-parallel 1,2 --precision fp16,fp8 --context 1000",
        "--model clip-vit-large-patch14-336 --gpu all",
        "--model llava-1.5-7b --gpu v100 --accounting llm-viewer",
        "--model llava-1.5-7b --gpu v100 --accounting fastv",
        "--model all --gpu h100-sxm --tokens full",
        "--model llava-1.5-7b --gpu v100 --reducer tome:r=19 --reducer prumerge/fastv --where fits --sort TTFT",
        "--model llava-1.5-7b --gpu v100 --columns model,TTFT",
        "compare --model llava-1.5-7b --gpu v100 --budget 64",
    ],
    "simulate": [
        "simulate --model llava-1.5-7b --gpu a100-80gb --precision fp16 --generate 16 --rate 4,8 --requests 40",
        "simulate --model llama-3.1-8b --gpu h100-sxm --generate uniform:min=1,max=30 --text-tokens lognormal:mean=90,cv=1 "
        "--concurrency 1,4 --tokens none --requests 30 --price-per-hour 2 --ttft 50ms --sort TTFT --top 1",
        "simulate --model vicuna-7b --gpu a100-80gb --precision fp16 --generate 4 --rate 9 --requests 20 --tokens none "
        "--columns load,ttft_p95_seconds",
    ],
    "operators": [
        "operators --model llava-1.5-7b --gpu v100",
        "operators --model vicuna-7b --gpu v100 --generate 8",
        "operators --model vicuna-7b --gpu v100,h100-sxm",
        "operators --model vicuna-7b --gpu v100 --accounting llm-viewer",
    ],
    "reduce": ["reduce", "reduce --reducer tome:r=19 --sample objects", f"reduce {PICTURES}"],
    "encode": [f"encode {PICTURES}"],
    "list": ["list models", "list hardware", "list engines", "list reducers", "list columns"],
    "show": ["show v100", "show h100-sxm", "show llava-1.5-7b", "show deepseek-v3", "show vllm"],
    "plan": [
        "plan --model llava-1.5-7b --gpu a100-80gb,h20,l4 --generate 16 --rate 8 --requests 100 --ttft 300ms@p95",
        "plan --model llava-1.5-7b --gpu t4 --generate 16 --rate 20 --requests 50 --max-gpus 2 --tpot 1ms@mean",
    ],
    "rate": ["plan --model llava-1.5-7b --gpu a100-80gb,l4 --generate 16 --requests 50 --ttft 300ms@p95 --find rate"],
    "reproduce": ["reproduce prumerge-table2"],
    "validate": ["validate --measurements MEASURED", "validate --measurements MEASURED --worst 2"],
}


def main():
    words = [word for word in sys.argv[1:] if word != "--calibrate"]
    roofline = str(pathlib.Path(words[0] if words else ROOT / ".build/debug/roofline").resolve())
    schemas = {file.name: json.loads(file.read_text()) for file in FOLDER.glob("*.json")}
    registry = referencing.Registry().with_resources(
        (name, referencing.Resource.from_contents(schema)) for name, schema in schemas.items())
    faults, count = [], 0

    def call(words):
        run = subprocess.run([roofline, *words], capture_output=True, text=True, timeout=600, cwd=ROOT)
        if "needs OpenBLAS" in run.stderr:
            print(f"Skipped {' '.join(words)}: needs OpenBLAS")
            return None
        if run.returncode not in (0, 2):
            faults.append(f"{' '.join(words)}: status {run.returncode}: {run.stderr.strip()[:300]}")
            return None
        return run.stdout

    def check(schema, value, what):
        nonlocal count
        count += 1
        validator = jsonschema.Draft202012Validator(schema, registry=registry)
        for error in list(validator.iter_errors(value))[:3]:
            faults.append(f"{what}: {error.json_path}: {error.message[:300]}")

    for name, schema in schemas.items():
        jsonschema.Draft202012Validator.check_schema(schema)
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as measured:
        measured.write(MEASURED)
        measured.flush()
        for name, lines in CALLS.items():
            for line in lines:
                words = [measured.name if word == "MEASURED" else word for word in line.split()]
                output = call(words + ["--format", "json"])
                if output is None:
                    continue
                check(schemas[f"{name}.json"], json.loads(output), line)
                if name == "estimate":
                    for row in (call(words + ["--format", "jsonl"]) or "").splitlines():
                        check(schemas["row.json"], json.loads(row), f"{line} --format jsonl")
    with tempfile.TemporaryDirectory() as folder:
        for name, line in FILES.items():
            file = pathlib.Path(folder) / f"{name}.jsonl"
            call(line.split() + [str(file)])
            lines = file.read_text().splitlines() if file.exists() else []
            if not lines:
                faults.append(f"{line} wrote nothing")
            for row in lines:
                check(schemas[f"{name}.json"], json.loads(row), line)
    if yaml:
        for file in [*ROOT.glob("hardware/*.yaml"), *ROOT.glob("Examples/catalog/hardware/*.yaml")]:
            check(schemas["device.json"], yaml.safe_load(file.read_text()), file.relative_to(ROOT))
        if "--calibrate" in sys.argv:
            measured = call(["calibrate", "--output", "-"])
            if measured:
                check(schemas["device.json"], yaml.safe_load(measured), "calibrate")
    else:
        print("Skipped files of devices: needs PyYAML")
    for name in sorted(schemas.keys() - {f"{name}.json" for name in [*CALLS, *FILES]} - {"row.json", "load.json", "device.json"}):
        faults.append(f"no output is held against Documentation/schemas/{name}")
    others = schemas["load.json"]["properties"].keys() - schemas["row.json"]["properties"].keys()
    columns = {row["name"] for row in json.loads(call(["list", "columns", "--format", "json"]))["rows"]}
    for column in sorted(columns - others - schemas["row.json"]["properties"].keys()):
        faults.append(f"Documentation/schemas/row.json lacks the column {column}")
    for fault in faults:
        print(fault)
    print(f"{count} outputs and rows against {len(schemas)} schemas: {len(faults) or 'no'} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
