import { runService } from '@conveyor/service-kit/service';
import { assemble, Config } from './app.ts';

await runService('sandbox', Config, assemble);
