import { Stack } from 'aws-cdk-lib';
import { CfnMicrosoftTeamsChannelConfiguration, CfnSlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type Notices, receives } from '../../settings/subscribers.ts';
import type { Settings } from '../../settings.ts';

export interface ChatsProps {
  readonly chats: Settings['notificationChats'];
  readonly topics: Readonly<Record<Notices, ITopic | undefined>>;
}

/**
 * Sends notifications to channels of Slack or Teams, through Amazon Q Developer in chat applications (formerly
 * AWS Chatbot). It subscribes to the topics itself. The workspace must be authorised in its console first:
 * docs.aws.amazon.com/chatbot/latest/adminguide/slack-setup.html
 *
 * Members of a channel can also run AWS commands there, and by default up to AdministratorAccess. Here neither
 * the role nor the guardrail allows any.
 */
export class Chats extends Construct {
  constructor(scope: Construct, id: string, { chats, topics }: ChatsProps) {
    super(scope, id);
    if (chats.length === 0) return;
    const { stackName } = Stack.of(this);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('chatbot.amazonaws.com') });
    const guardrail = ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll');
    for (const [index, chat] of chats.entries()) {
      const snsTopicArns = (['alerts', 'pages'] as const).flatMap((notices) =>
        receives(chat, notices) ? (topics[notices]?.topicArn ?? []) : [],
      );
      const common = {
        configurationName: `${stackName}-${index + 1}`,
        iamRoleArn: role.roleArn,
        guardrailPolicies: [guardrail.managedPolicyArn],
        snsTopicArns,
      };
      const name = `Chat${index + 1}`;
      if (chat.kind === 'slack') {
        new CfnSlackChannelConfiguration(this, name, {
          ...common,
          slackWorkspaceId: chat.workspaceId,
          slackChannelId: chat.channelId,
        });
      } else {
        new CfnMicrosoftTeamsChannelConfiguration(this, name, {
          ...common,
          teamId: chat.teamId,
          teamsChannelId: chat.channelId,
          teamsTenantId: chat.tenantId,
        });
      }
    }
  }
}
