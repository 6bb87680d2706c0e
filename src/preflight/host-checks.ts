/** The checks of two Hyper-V hosts as a pair (facts B1 to B8 and B12 to B22): identity first, then network. */

import type { Check } from './check.ts';
import { adminShare } from './checks/admin-share.ts';
import { anyNetwork } from './checks/any-network.ts';
import { commonSubnet } from './checks/common-subnet.ts';
import { delegation, delegationBack } from './checks/delegation.ts';
import { domain } from './checks/domain.ts';
import { fibreChannel } from './checks/fibre-channel.ts';
import { fileSharing } from './checks/file-sharing.ts';
import { hostNames } from './checks/host-names.ts';
import { hypervRole } from './checks/hyperv-role.ts';
import { microsoftClient } from './checks/microsoft-client.ts';
import { migrationAuthentication } from './checks/migration-authentication.ts';
import { migrationEnabled } from './checks/migration-enabled.ts';
import { ports } from './checks/ports.ts';
import { processorModel } from './checks/processor-model.ts';
import { processorVendor } from './checks/processor-vendor.ts';
import { switchUplink } from './checks/switch-uplink.ts';
import { workerAccount } from './checks/worker-account.ts';

export const HOST_CHECKS: readonly Check[] = [
  hypervRole,
  migrationEnabled,
  processorVendor,
  processorModel,
  domain,
  migrationAuthentication,
  delegation,
  delegationBack,
  workerAccount,
  hostNames,
  commonSubnet,
  anyNetwork,
  microsoftClient,
  fileSharing,
  ports,
  adminShare,
  switchUplink,
  fibreChannel,
];
