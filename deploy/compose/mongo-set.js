// Makes the replica set of one, once, and waits until it can be written to.
try {
  rs.status();
} catch (error) {
  if (error.codeName !== "NotYetInitialized") throw error;
  rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] });
}
for (let waited = 0; !db.hello().isWritablePrimary; waited += 1) {
  if (waited >= 60) throw new Error("the replica set has no primary");
  sleep(1000);
}
