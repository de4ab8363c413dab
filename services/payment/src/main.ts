import { runService } from '@conveyor/service-kit/service';
import { assemble, Config } from './app.ts';

await runService('payment', Config, assemble);
