import { describe, expect, it } from '@jest/globals';
import { faultsOfPart, itEndsAsDocumented } from './fault-runs.ts';
import { lab, RUN_MILLISECONDS_MAX } from './run-lab.ts';

describe('the lab', () => {
  itEndsAsDocumented(faultsOfPart(3));

  it(
    'moves a VM with three disks and loses nothing',
    async () => {
      const command = ['--say', '/migrate sql01 to hv-b', '--approve', '--exit'];
      const { code, output } = await lab(command);
      expect(output).toMatch(/records {3}acknowledged [1-9]\d*, lost 0/);
      expect(output).toContain('SCSI 0:2');
      expect(code).toBe(0);
    },
    RUN_MILLISECONDS_MAX,
  );
});
