// A worker that several pages would share.
onconnect = ({ ports }) => ports[0].postMessage(1);
