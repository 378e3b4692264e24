"""Fixes for Elastic Container Registry."""

from ministack.services import ecr


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
