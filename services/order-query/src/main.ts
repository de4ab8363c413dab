import { runService } from '@conveyor/service-kit/service';
import { assemble, Config } from './app.ts';

await runService('order-query', Config, assemble);
