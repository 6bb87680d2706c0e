/** Roles, services, firewall and antivirus of a host: facts A.11. */

import { failure, type Handler, type Handlers } from '../call.ts';
import { enumValue } from '../enums.ts';
import { isLike } from '../parameters.ts';

const FEATURES = ['Hyper-V', 'Hyper-V-PowerShell', 'RSAT-AD-PowerShell', 'Failover-Clustering'];

const features: Handler = ({ parameters, host, world }) => {
  const names = parameters.texts('Name');
  const wanted = (feature: string) =>
    names.length === 0 || names.some((name) => isLike(feature, name));
  return FEATURES.filter(wanted).map((name) => {
    const installed =
      name === 'Failover-Clustering'
        ? world.clusterOf(host.name) !== undefined
        : name === 'RSAT-AD-PowerShell' || host.overlay.roleInstalled;
    return {
      $type: 'Feature',
      Name: name,
      DisplayName: name,
      Installed: installed,
      InstallState: installed ? 'Installed' : 'Available',
    };
  });
};

const services: Handler = (call) => {
  const { parameters, host } = call;
  const names = parameters.texts('Name');
  const found = Object.entries(host.overlay.services).filter(
    ([service]) => names.length === 0 || names.some((name) => isLike(service, name)),
  );
  if (found.length === 0)
    throw failure(call, 'group-not-found', {
      facts: { name: names.join() },
      errorId: 'NoServiceFoundForGivenName,Microsoft.PowerShell.Commands.GetServiceCommand',
      category: 'ObjectNotFound',
      terminating: false,
    });
  return found.map(([Name, Status]) => ({
    $type: 'ServiceController',
    MachineName: host.name,
    Name,
    DisplayName: Name,
    Status: enumValue('ServiceControllerStatus', Status),
    StartType: enumValue('ServiceStartMode', 'Automatic'),
  }));
};

const firewall: Handler = ({ parameters, host }) => {
  const groups = [...parameters.texts('Group'), ...parameters.texts('DisplayGroup')];
  return groups.map((group) => ({
    $type: 'MSFT_NetFirewallRule',
    Name: group,
    DisplayName: group,
    RuleGroup: group,
    DisplayGroup: group,
    Enabled: enumValue(
      'NetFirewallEnabled',
      host.overlay.firewallOpen.includes(group) ? 'True' : 'False',
    ),
    Profile: 'Domain, Private',
    Direction: enumValue('NetFirewallDirection', 'Inbound'),
    Action: enumValue('NetFirewallAction', 'Allow'),
  }));
};

export const windowsHandlers: Handlers = {
  'Get-HgsGuardian': ({ host }) =>
    host.overlay.guardians.map((thumbprint) => ({
      Name: thumbprint,
      HasPrivateSigningKey: true,
      SigningCertificate: { Thumbprint: thumbprint },
      EncryptionCertificate: { Thumbprint: thumbprint },
    })),
  'Get-MpPreference': ({ host }) => ({
    $type: 'MSFT_MpPreference',
    ExclusionExtension: host.overlay.defenderExclusions,
    ExclusionProcess: ['vmms.exe', 'vmwp.exe', 'vmsp.exe', 'vmcompute.exe'],
    ExclusionPath: [],
    DisableRealtimeMonitoring: false,
  }),
  'Get-WindowsFeature': features,
  'Get-Service': services,
  'Get-NetFirewallRule': firewall,
};
