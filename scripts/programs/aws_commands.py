"""Checks commands of the AWS CLI, without calling AWS: that service, operation and options exist, that nothing that is
required is missing, and that values have the right types. Reads what aws-commands.ts prints."""

import contextlib
import io
import json
import os
import re
import sys

os.environ.update(
    AWS_ACCESS_KEY_ID="none",
    AWS_SECRET_ACCESS_KEY="none",
    AWS_DEFAULT_REGION="eu-central-1",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
    AWS_EC2_METADATA_DISABLED="true",
)

from awscli.clidriver import create_clidriver
from botocore.client import BaseClient
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator

# PyPI has version 1 of the CLI. These are of version 2.
ONLY_IN_2 = {("configure", "sso"), ("configure", "export-credentials"), ("logs", "tail"), ("sso", "login")}
OPTIONS_ONLY_IN_2 = {"--cli-binary-format", "--cli-read-timeout"}
# Stands for what a shell would substitute: a number, a time and a text.
SUBSTITUTED = "1700000000"


class Called(BaseException):
    """The command is right: it would call AWS now."""


def check_call(client, operation, parameters):
    shape = client.meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(parameters, shape) if shape else None
    # Placeholders are shorter than the ids that they stand for.
    errors = [line for line in report.generate_report().splitlines() if "Invalid length" not in line] if report else []
    if errors:
        raise ParamValidationError(report="\n".join(errors))
    raise Called


BaseClient._make_api_call = check_call
driver = create_clidriver()


def substitute(word):
    """Replaces $NAME, ${NAME} and $(command), which may have further ones in it."""
    text, at = "", 0
    while at < len(word):
        if word.startswith("$(", at):
            depth = 0
            for end in range(at + 1, len(word)):
                depth += {"(": 1, ")": -1}.get(word[end], 0)
                if depth == 0:
                    break
            text, at = text + SUBSTITUTED, end + 1
        elif match := re.compile(r"\$(\{[^}]*\}|\w+)").match(word, at):
            text, at = text + SUBSTITUTED, match.end()
        else:
            text, at = text + word[at], at + 1
    return text


def complaint(words, is_part):
    """What is wrong with a command, or None."""
    if tuple(words[:2]) in ONLY_IN_2:
        return None
    args = []
    before = ""
    for word in words:
        if before == "--region":
            args.append(os.environ["AWS_DEFAULT_REGION"])
        elif before not in OPTIONS_ONLY_IN_2 and word not in OPTIONS_ONLY_IN_2:
            # The files of the reader are not there.
            args.append(re.sub(r"^fileb?://.*", SUBSTITUTED, substitute(word)))
        before = word
    printed = io.StringIO()
    try:
        with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed):
            code = driver.main(args)
    except Called:
        return None
    except SystemExit as error:
        code = error.code
    message = " ".join(printed.getvalue().split()).split("aws <command> <subcommand> help")[-1].strip()
    message = re.sub(r", valid choices are: .* Invalid choice:", ":", message)
    # A structure that a shell function gets as its argument.
    unknown = re.search(r"Error parsing parameter '(--[\w-]+)'", message)
    if unknown and SUBSTITUTED in args[args.index(unknown[1]) + 1]:
        return None
    if is_part and "arguments are required" in message:
        return None
    # These two end without a message. `configure get` reads the configuration of this machine, which has none, and `s3`
    # catches what ends the others.
    if (words[:2] == ["configure", "get"] and not message) or (words[0] == "s3" and message in ("", "fatal error:")):
        return None
    return message or f"expected a call of AWS, got exit code {code}"


commands = json.load(sys.stdin)
wrong = 0
for command in commands:
    why = complaint(command["words"], command["isPart"])
    if why:
        wrong += 1
        print(f"{command['at']}: aws {' '.join(command['words'])}\n  {why}")
if not commands:
    sys.exit("expected commands of the AWS CLI in the pages, got none")
print(f"AWS CLI: {len(commands)} commands, {wrong} of them wrong" if wrong else f"AWS CLI: {len(commands)} commands, no findings")
sys.exit(1 if wrong else 0)
