"""Fixes for Secrets Manager in CloudFormation."""

import string

from ministack.services import secretsmanager
from ministack.services.cloudformation import drift, provisioners


def exclude_punctuation() -> None:
    """ExcludePunctuation is ignored when CloudFormation generates a secret."""
    generate = provisioners._sm_secret_string

    def generate_without_punctuation(properties):
        settings = properties.get("GenerateSecretString")
        if not settings or not settings.get("ExcludePunctuation"):
            return generate(properties)
        excluded = settings.get("ExcludeCharacters", "") + string.punctuation
        return generate({**properties, "GenerateSecretString": {**settings, "ExcludeCharacters": excluded}})

    provisioners._sm_secret_string = generate_without_punctuation


def refer_by_arn() -> None:
    """A Ref of a secret is its name. In CloudFormation it is the ARN."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::SecretsManager::Secret"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def name_of(reference):
        return next((name for name, secret in secretsmanager._secrets.items() if secret["ARN"] == reference), reference)

    def with_arn(result):
        return result[1]["Arn"], result[1]

    handlers["create"] = lambda *arguments: with_arn(create(*arguments))
    handlers["update"] = lambda reference, *arguments: with_arn(update(name_of(reference), *arguments))
    handlers["delete"] = lambda reference, properties: delete(name_of(reference), properties)
    read, compared = drift._DRIFT_READERS["AWS::SecretsManager::Secret"]
    drift._DRIFT_READERS["AWS::SecretsManager::Secret"] = (lambda reference, expected: read(name_of(reference), expected), compared)
