"""Fixes for Elastic Container Registry."""

import json

from ministack.services import ecr

_DIGEST = "sha256:"


def report_missing_images() -> None:
    """DescribeImages returns an empty list for an unknown tag; ECR answers with ImageNotFoundException.

    The CDK CLI concludes from the list that the image exists, and then builds and pushes nothing.
    """
    describe_images = ecr._describe_images

    def describe_known_images(request):
        name = request.get("repositoryName", "")
        missing = [image for image in request.get("imageIds") or [] if not ecr._find_image(name, image)]
        if name in ecr._repositories and missing:
            message = f"The image with imageId {missing[0]} does not exist within the repository with name '{name}'"
            return ecr.error_response_json("ImageNotFoundException", message, 400)
        return describe_images(request)

    ecr._describe_images = describe_known_images


def refuse_used_tags() -> None:
    """A push to a tag of a repository with immutable tags succeeds if the tag has the same image already.

    ECR refuses it: https://github.com/aws/containers-roadmap/issues/2380
    """
    put_manifest = ecr._v2_put_manifest

    def put_manifest_once(name, reference, headers, body):
        repository = ecr._repositories.get(name, {})
        immutable = repository.get("imageTagMutability") == "IMMUTABLE"
        if immutable and not reference.startswith(_DIGEST) and ecr._find_image(name, {"imageTag": reference}):
            message = (
                f"The image tag '{reference}' already exists in the '{name}' repository"
                " and cannot be overwritten because the tag is immutable."
            )
            return ecr._registry_error(400, "TAG_INVALID", message)
        return put_manifest(name, reference, headers, body)

    ecr._v2_put_manifest = put_manifest_once


def delete_completely() -> None:
    """BatchDeleteImage leaves manifests that can still be pulled, and deletes an image if one of its tags is given.

    ECR deletes an image by its digest or with its last tag, and otherwise removes the tag only.
    """
    delete_images = ecr._batch_delete_image

    def delete_images_or_tags(request):
        name = request.get("repositoryName", "")
        removed, others = [], []
        for image_id in request.get("imageIds", []):
            image, tag = ecr._find_image(name, image_id), image_id.get("imageTag")
            if image and tag and len(image["imageTags"]) > 1:
                image["imageTags"].remove(tag)
                image["imageId"]["imageTag"] = image["imageTags"][-1]
                removed.append({"imageDigest": image["imageDigest"], "imageTag": tag})
            else:
                others.append(image_id)
        status, headers, body = delete_images({**request, "imageIds": others})
        if status != 200:
            return status, headers, body
        answer = json.loads(body)
        for image_id in answer["imageIds"]:
            ecr._manifest_blobs.get(name, {}).pop(image_id["imageDigest"], None)
        return ecr.json_response({**answer, "imageIds": answer["imageIds"] + removed})

    ecr._batch_delete_image = delete_images_or_tags


def describe_artifacts() -> None:
    """DescribeImages gives the media type of the manifest as that of the artifact, and the manifest's size.

    ECR gives the artifact type, or else the media type of the config, and the size of the layers.
    """
    describe_images = ecr._describe_images

    def describe_images_and_artifacts(request):
        status, headers, body = describe_images(request)
        if status != 200:
            return status, headers, body
        details = json.loads(body)["imageDetails"]
        for image in details:
            manifest = _manifest(request["repositoryName"], image["imageDigest"])
            image["artifactMediaType"] = _artifact_type(manifest)
            image["imageSizeInBytes"] = sum(layer["size"] for layer in manifest.get("layers", []))
            subject = manifest.get("subject")
            if subject:
                image["subjectManifestDigest"] = subject["digest"]
        return ecr.json_response({"imageDetails": details})

    ecr._describe_images = describe_images_and_artifacts


def list_referrers(app) -> None:
    """Neither the registry nor ListImageReferrers knows which manifests refer to an image, such as its signatures.

    :param app: the module `ministack.app`
    """
    is_registry_path, put_manifest = app._is_ecr_registry_path, ecr._v2_put_manifest
    handle_registry, handle = ecr.handle_registry_request, ecr.handle_request

    def is_any_registry_path(path):
        return is_registry_path(path) or (path.startswith("/v2/") and "/referrers/" in path)

    async def handle_registry_with_referrers(method, path, headers, body, query_params):
        name, referrers, digest = path.removeprefix("/v2/").rpartition("/referrers/")
        if not referrers:
            return await handle_registry(method, path, headers, body, query_params)
        ecr._select_registry_request_scope(name, headers, query_params)
        wanted = ecr._query_first(query_params, "artifactType")
        manifests = [each for each in _referrers(name, digest) if wanted in (None, each["artifactType"])]
        media_type = "application/vnd.oci.image.index.v1+json"
        index = {"schemaVersion": 2, "mediaType": media_type, "manifests": manifests}
        applied = {"OCI-Filters-Applied": "artifactType"} if wanted else {}
        return ecr._registry_ok(200, {"Content-Type": media_type, **applied}, json.dumps(index).encode())

    async def handle_with_referrers(method, path, headers, body, query_params):
        if not headers.get("x-amz-target", "").endswith(".ListImageReferrers"):
            return await handle(method, path, headers, body, query_params)
        request = json.loads(body)
        wanted = request.get("filter", {}).get("artifactTypes")
        referrers = [
            {**each, "artifactStatus": "ACTIVE"}
            for each in _referrers(request["repositoryName"], request["subjectId"]["imageDigest"])
            if not wanted or each["artifactType"] in wanted
        ]
        return ecr.json_response({"referrers": referrers})

    def put_manifest_with_subject(name, reference, headers, body):
        status, answer_headers, answer = put_manifest(name, reference, headers, body)
        subject = json.loads(body).get("subject") if status == 201 else None
        return status, {**answer_headers, **({"OCI-Subject": subject["digest"]} if subject else {})}, answer

    app._is_ecr_registry_path = is_any_registry_path
    ecr.handle_registry_request = handle_registry_with_referrers
    ecr.handle_request = handle_with_referrers
    ecr._v2_put_manifest = put_manifest_with_subject


def _manifest(name: str, digest: str) -> dict:
    return json.loads(ecr._manifest_blobs.get(name, {}).get(digest, b"{}"))


def _artifact_type(manifest: dict) -> str | None:
    return manifest.get("artifactType") or manifest.get("config", {}).get("mediaType")


def _referrers(name: str, subject: str) -> list[dict]:
    found = []
    for digest, raw in ecr._manifest_blobs.get(name, {}).items():
        manifest = json.loads(raw)
        if (manifest.get("subject") or {}).get("digest") == subject:
            found.append(
                {
                    "mediaType": manifest["mediaType"],
                    "digest": digest,
                    "size": len(raw),
                    "artifactType": _artifact_type(manifest),
                    "annotations": manifest.get("annotations", {}),
                }
            )
    return found
