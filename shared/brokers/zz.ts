import { kafkaGround } from './conformance/kafka-ground.ts';
const names=['g-'+Math.random()];
const g = await kafkaGround(names);
const t0=performance.now(); const lap=(s:string)=>console.log(s, Math.round(performance.now()-t0));
const proxy = await g.proxy();
const b = g.broker((e)=>lap(JSON.stringify(e)+String((e as any).error?.message??'')), proxy);
b.start(); await b.connected(); lap('connected');
const c = b.consume({name:names[0]!, channels:[g.channelOf('x')], concurrency:5, onDelivery: async()=>{}});
const until=performance.now()+ 15000;
while(performance.now()<until){ proxy.cut(); await new Promise(r=>setTimeout(r, 20+Math.random()*60)); }
lap('stop'); await c.stop(0); lap('stopped'); await b.close(); lap('closed'); 
await new Promise(r=>setTimeout(r,3000));
lap('open connections: '+proxy.standing);
const d = proxy.down(); const r = await Promise.race([d, new Promise(r=>setTimeout(()=>r('HANG'),5000))]); lap('down '+r); await g.remove(); lap('removed');
setTimeout(()=>{ lap('still alive'); console.log((process as any).getActiveResourcesInfo()); process.exit(1)}, 15000).unref();
