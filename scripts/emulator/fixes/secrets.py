"""Fixes for Secrets Manager in CloudFormation."""

import string

from ministack.services.cloudformation import provisioners


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
