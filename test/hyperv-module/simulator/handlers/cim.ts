/** Get-CimInstance and its relatives: facts A.11, A.12 and D. */

import { type Call, complain, failure, type Handler, type Handlers } from '../call.ts';
import { guidOf } from '../defaults.ts';
import { hresult, WindowsError } from '../wire.ts';
import { associatedWith, classNamed, instancesOf } from '../wmi/instances.ts';
import { invokeMethod } from '../wmi/methods.ts';

const VIRTUALIZATION = 'root/virtualization/v2';

const get: Handler = async (call) => {
  const { parameters } = call;
  const [object] = parameters.objects('InputObject');
  const query = /^\s*select\s+.+?\s+from\s+(\w+)(?:\s+where\s+(.+))?$/is.exec(
    parameters.text('Query') ?? '',
  );
  const wanted = parameters.text('ClassName') ?? query?.[1] ?? object?.$type ?? '';
  const name = classNamed(wanted);
  if (name === undefined) throw invalidClass(wanted);
  const instances = await instancesOf(call, name, parameters.text('Filter') ?? query?.[2] ?? '');
  if (object === undefined) return instances;
  const found = instances.filter(({ $id }) => $id === object.$id);
  // A job that was dropped, or a checkpoint that is gone.
  if (found.length === 0) complain(call, notFound(call, 'GetCimInstanceCommand'));
  return found;
};

const associated: Handler = async (call) => {
  const { parameters } = call;
  const [object] = parameters.objects('InputObject');
  if (object === undefined) return [];
  const association = parameters.text('Association');
  const resultClass = parameters.text('ResultClassName');
  return associatedWith(call, object, {
    ...(association === undefined ? {} : { association }),
    ...(resultClass === undefined ? {} : { resultClass }),
  });
};

const invalidClass = (name: string): WindowsError =>
  new WindowsError(`Invalid class "${name}"`, {
    errorId:
      'HRESULT 0x80041010,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand',
    category: 'MetadataError',
    hresult: hresult(0x80041010),
    terminating: false,
    target: VIRTUALIZATION,
  });

const notFound = (call: Call, command: string): WindowsError =>
  failure(call, 'instance-gone', {
    errorId: `HRESULT 0x80041002,Microsoft.Management.Infrastructure.CimCmdlets.${command}`,
    category: 'ObjectNotFound',
    hresult: hresult(0x80041002),
  });

export const cimHandlers: Handlers = {
  'Get-CimInstance': get,
  'Get-CimAssociatedInstance': associated,
  'Invoke-CimMethod': invokeMethod,
  'New-CimSession': ({ host }) => ({
    $type: 'CimSession',
    $id: guidOf(`session ${host.name}`),
    InstanceId: guidOf(`session ${host.name}`),
    ComputerName: host.name,
    Name: 'CimSession1',
    Id: 1,
    Protocol: 'WSMAN',
  }),
  'Remove-CimSession': () => undefined,
};
