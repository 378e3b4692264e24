import {
  type CfnDomainName,
  DomainName,
  EndpointType,
  IpAddressType,
  type RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';

export type ApiDomainProps = Exclude<Settings['domain'], 'off'> & { readonly api: RestApi };

/** A name of one's own for the API, in DNS for IPv4 and IPv6. Paths lose the stage that the generated URL has in front. */
export class ApiDomain extends Construct {
  /** With a slash at its end. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiDomainProps) {
    super(scope, id);
    const domain = new DomainName(this, 'Name', {
      domainName: props.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    // The construct has no property for it, and without it the AAAA record below would be empty.
    const resource = domain.node.defaultChild as CfnDomainName;
    resource.addPropertyOverride('EndpointConfiguration.IpAddressType', IpAddressType.DUAL_STACK);
    domain.addBasePathMapping(props.api, { stage: props.api.deploymentStage });
    const record = {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: props.hostedZoneId,
        zoneName: props.hostedZoneName,
      }),
      // With its dot it is a whole name, which the zone's is not put behind.
      recordName: `${props.name}.`,
      target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)),
    };
    new ARecord(this, 'Ipv4', record);
    new AaaaRecord(this, 'Ipv6', record);
    this.url = `https://${props.name}/`;
  }
}
