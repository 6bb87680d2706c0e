/** What Active Directory says of the hosts: facts A.11. */

import type { Handler, Handlers } from '../call.ts';
import { fullNameOf, guidOf } from '../defaults.ts';
import { hresult, WindowsError } from '../wire.ts';

const DOMAIN_CONTROLLERS = ['dc01', 'dc02'];

const getComputer: Handler = (call) => {
  const { world, parameters, runsOn } = call;
  const given = (parameters.text('Identity') ?? filtered(parameters.text('Filter') ?? '')).replace(
    /\$$/,
    '',
  );
  const name = world.hostName(given, runsOn);
  if (!call.host.overlay.domain.joined) throw unreachable();
  if (name === undefined)
    throw new WindowsError(`Cannot find an object with identity: '${given}'.`, {
      errorId:
        'ActiveDirectoryCmdlet:ADIdentityNotFoundException,Microsoft.ActiveDirectory.Management.Commands.GetADComputer',
      category: 'ObjectNotFound',
      hresult: hresult(0x80072030),
    });
  const { delegation } = world.overlayOf(name);
  return {
    $type: 'ADComputer',
    $id: guidOf(`computer ${name}`),
    Name: name.toUpperCase(),
    DNSHostName: fullNameOf(name),
    SamAccountName: `${name.toUpperCase()}$`,
    DistinguishedName: `CN=${name.toUpperCase()},CN=Computers,DC=lab,DC=example`,
    Enabled: true,
    ObjectClass: 'computer',
    ObjectGUID: guidOf(`computer ${name}`),
    'msDS-AllowedToDelegateTo': delegation.allowedTo,
    TrustedToAuthForDelegation: delegation.anyProtocol,
    TrustedForDelegation: false,
    // ADS_UF_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION, ADS_UF_WORKSTATION_TRUST_ACCOUNT
    userAccountControl: 0x1000 + (delegation.anyProtocol ? 0x1000000 : 0),
  };
};

/** `Name -eq 'hv-a'` as its value. */
const filtered = (filter: string): string => /'([^']*)'/.exec(filter)?.[1] ?? '';

const unreachable = (): WindowsError =>
  new WindowsError('Unable to find a default server with Active Directory Web Services running.', {
    errorId:
      'ActiveDirectoryServer:1355,Microsoft.ActiveDirectory.Management.Commands.GetADComputer',
    category: 'ResourceUnavailable',
    hresult: hresult(0x8007054b),
  });

const getTrusts: Handler = ({ host: { overlay } }) => {
  if (!overlay.domain.joined) throw unreachable();
  return overlay.domain.trusted.map((Target) => ({
    $type: 'ADTrust',
    Name: Target,
    Source: overlay.domain.name,
    Target,
    // 3: both ways.
    Direction: 'BiDirectional',
    TrustType: 'Uplevel',
  }));
};

const getControllers: Handler = ({ host: { overlay } }) => {
  if (!overlay.domain.joined) throw unreachable();
  return DOMAIN_CONTROLLERS.map((name, index) => ({
    $type: 'ADDomainController',
    Name: name.toUpperCase(),
    HostName: `${name}.${overlay.domain.name}`,
    Domain: overlay.domain.name,
    Forest: overlay.domain.name,
    IPv4Address: `10.0.1.${index + 2}`,
    IsGlobalCatalog: true,
    IsReadOnly: false,
    LdapPort: 389,
    Site: 'Default-First-Site-Name',
    Enabled: true,
  }));
};

/** The account that the worker runs under. */
const getUser: Handler = ({ host: { overlay } }) => {
  if (!overlay.domain.joined) throw unreachable();
  return {
    $type: 'ADUser',
    Name: 'svc-ferry',
    SamAccountName: 'svc-ferry',
    DistinguishedName: 'CN=svc-ferry,CN=Users,DC=lab,DC=example',
    Enabled: true,
    ObjectClass: 'user',
    AccountNotDelegated: overlay.sensitiveAccount,
  };
};

export const directoryHandlers: Handlers = {
  'Get-ADComputer': getComputer,
  'Get-ADUser': getUser,
  'Get-ADTrust': getTrusts,
  'Get-ADDomainController': getControllers,
};
