import {
  type CfnDomainName,
  DomainName,
  EndpointType,
  IpAddressType,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { TLS } from './tls.ts';

export type ApiDomainProps = Exclude<Settings['domain'], 'off'> & { readonly api: RestApi };

/** A custom domain for the API, with DNS records for IPv4 and IPv6. Its paths do not contain the stage. */
export class ApiDomain extends Construct {
  /** Ends with a slash. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: ApiDomainProps) {
    super(scope, id);
    const domain = new DomainName(this, 'Name', {
      domainName: props.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', props.certificateArn),
      endpointType: EndpointType.REGIONAL,
      ...TLS,
    });
    // The construct has no property for this. Without it, the AAAA record below would have no target.
    const resource = domain.node.defaultChild as CfnDomainName;
    resource.addPropertyOverride('EndpointConfiguration.IpAddressType', IpAddressType.DUAL_STACK);
    domain.addBasePathMapping(props.api, { stage: props.api.deploymentStage });
    const record = {
      zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: props.hostedZoneId,
        zoneName: props.hostedZoneName,
      }),
      // The final dot makes the name absolute, so that CDK does not append the name of the zone.
      recordName: `${props.name}.`,
      target: RecordTarget.fromAlias(new ApiGatewayDomain(domain)),
    };
    new ARecord(this, 'Ipv4', record);
    new AaaaRecord(this, 'Ipv6', record);
    this.url = `https://${props.name}/`;
  }
}
