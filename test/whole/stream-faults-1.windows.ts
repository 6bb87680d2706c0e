import { eachEndsAsInTheLab, faultsOfPart } from './stream-faults.ts';

eachEndsAsInTheLab(faultsOfPart(1));
