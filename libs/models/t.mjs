import * as tf from '@tensorflow/tfjs';import {loadBackend,instanceNormInference as IN} from '@kinemacolor/tensor';import {buildGenerator,GENERATOR_PRESETS} from '@kinemacolor/models';
await loadBackend();const b=tf.backend(),B=b.binding;
const cfg=GENERATOR_PRESETS.fast;const g=buildGenerator(cfg,1);
const q=a=>[...a].sort((x,y)=>x-y)[a.length>>1];
function time(name,f,n=12){f();f();const t=[],w=[],sy=[];for(let i=0;i<n;i++){const c=process.cpuUsage();const s=performance.now();f();w.push(performance.now()-s);const u=process.cpuUsage(c);t.push((u.user+u.system)/1e3);sy.push(u.system/1e3);}console.log(name.padEnd(30),'cpu',q(t).toFixed(2),'sys',q(sy).toFixed(1),'wall',q(w).toFixed(2),'min',Math.min(...w).toFixed(2));}
const H=256,W=448;const x=tf.randomNormal([1,H,W,1]);
const W_={};for(const l of g.layers)if(l.getWeights().length)W_[l.name]=l.getWeights();const w=n=>W_[n];
const T=v=>({name:'T',type:B.TF_ATTR_TYPE,value:B.TF_FLOAT});
const d=(x,f)=>{const y=f(x);x.dispose();return y;};
const pad=(x,k)=>tf.mirrorPad(x,[[0,0],[k,k],[k,k],[0,0]],'reflect');
function deconvE(x,k){const [n,h,w,c]=x.shape,oc=k.shape[2];const sz=tf.tensor1d([n,2*h,2*w,oc],'int32');const r=b.executeSingleOutput('Conv2DBackpropInput',[T(),{name:'strides',type:B.TF_ATTR_INT,value:[1,2,2,1]},{name:'dilations',type:B.TF_ATTR_INT,value:[1,1,1,1]},{name:'padding',type:B.TF_ATTR_STRING,value:'EXPLICIT'},{name:'explicit_paddings',type:B.TF_ATTR_INT,value:[0,0,1,0,1,0,0,0]},{name:'data_format',type:B.TF_ATTR_STRING,value:'NHWC'}],[sz,k,x]);sz.dispose();return r;}
const C=2,n=16,s=4,k=10;const [w7,b7]=w('output');const a7=w7.arraySync();
const wb=tf.tensor4d((()=>{const o=new Float32Array(k*k*n*C*s*s);for(let dy=0;dy<s;dy++)for(let dx=0;dx<s;dx++)for(let ky=0;ky<7;ky++)for(let kx=0;kx<7;kx++)for(let c=0;c<n;c++)for(let p=0;p<C;p++)o[(((dy+ky)*k+dx+kx)*n+c)*C*s*s+(dy*s+dx)*C+p]=a7[ky][kx][c][p];return o;})(),[k,k,n,C*s*s]);
const P=[[0,0],[1,1],[1,1],[0,0]];
function ed(x){
 let y=pad(x,3);y=d(y,y=>tf.conv2d(y,w('encoder_0')[0],1,'valid'));y=d(y,IN);y=d(y,tf.relu);
 for(const i of [1,2]){y=d(y,y=>tf.conv2d(y,w('encoder_'+i)[0],2,P));y=d(y,IN);y=d(y,tf.relu);}
 for(let i=0;i<6;i++){let z=pad(y,1);z=d(z,z=>tf.conv2d(z,w(`block_${i}_a`)[0],1,'valid'));z=d(z,IN);z=d(z,tf.relu);z=d(z,z=>pad(z,1));z=d(z,z=>tf.conv2d(z,w(`block_${i}_b`)[0],1,'valid'));z=d(z,IN);const t=tf.add(y,z);y.dispose();z.dispose();y=t;}
 for(const i of [0,1]){y=d(y,y=>deconvE(y,w('decoder_'+i)[0]));y=d(y,IN);y=d(y,tf.relu);}
 y=d(y,y=>pad(y,3));y=d(y,y=>tf.conv2d(y,wb,4,'valid'));y=d(y,y=>tf.depthToSpace(y,4));y=d(y,y=>tf.add(y,b7));y=d(y,tf.tanh);return y;}
const ref=g.predict(x);{const m=tf.max(tf.abs(tf.sub(ref,ed(x)))).dataSync()[0];console.log('maxdiff',m);}
time('early dispose',()=>{const y=ed(x);y.dataSync();y.dispose();});
time('early dispose in tidy',()=>tf.tidy(()=>{const y=ed(x);y.dataSync();y.dispose();}));
const y64=tf.randomNormal([1,64,112,64]);
time(' block',()=>{let z=pad(y64,1);z=d(z,z=>tf.conv2d(z,w(`block_0_a`)[0],1,'valid'));z=d(z,IN);z=d(z,tf.relu);z=d(z,z=>pad(z,1));z=d(z,z=>tf.conv2d(z,w(`block_0_b`)[0],1,'valid'));z=d(z,IN);const t=tf.add(y64,z);z.dispose();t.dispose();});
