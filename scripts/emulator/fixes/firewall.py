"""Fixes for WAF in CloudFormation."""

from ministack.services import waf
from ministack.services.cloudformation import provisioners


def add_firewall_parts() -> None:
    """MiniStack supports web ACL associations in the API of WAF, but not in CloudFormation.

    It filters no requests either way, so a firewall's log would stay empty. The logging configuration is accepted and
    ignored.
    """

    def create(_logical_id, properties, _stack_name):
        request = {"WebACLArn": properties["WebACLArn"], "ResourceArn": properties["ResourceArn"]}
        status, _, body = waf._associate_web_acl(request)
        if status != 200:
            raise ValueError(body.decode())
        return f"{request['WebACLArn']}|{request['ResourceArn']}", {}

    def delete(_physical_id, properties):
        waf._disassociate_web_acl(properties)

    provisioners._RESOURCE_HANDLERS["AWS::WAFv2::WebACLAssociation"] = {"create": create, "delete": delete}
    provisioners._RESOURCE_HANDLERS["AWS::WAFv2::LoggingConfiguration"] = {
        "create": lambda _logical_id, properties, _stack_name: (properties["ResourceArn"], {}),
        "delete": lambda _physical_id, _properties: None,
    }
