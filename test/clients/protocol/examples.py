"""Runs the examples of a document against a service: its blocks of Python and sh, in order, as they are."""

import re
import subprocess
import sys
from pathlib import Path

url, document = sys.argv[1:]
# What the examples call.
DOCUMENTED = "localhost:8080"
INTERPRETERS = {"python": [sys.executable, "-c"], "sh": ["bash", "-euo", "pipefail", "-c"]}

blocks = re.findall(r"^```(python|sh)\n(.*?)^```", Path(document).read_text(), re.MULTILINE | re.DOTALL)
# Others install packages, or need credentials.
examples = [(language, code) for language, code in blocks if DOCUMENTED in code]
assert examples, f"expected examples with {DOCUMENTED} in {document}"
for language, code in examples:
    command = code.replace(DOCUMENTED, url.split("://", 1)[1])
    result = subprocess.run([*INTERPRETERS[language], command], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{code}\n{result.stdout}{result.stderr}")
    shown = result.stdout.strip().splitlines()
    print(f"  {language}: {shown[0][:100] if shown else 'no output'}", flush=True)
