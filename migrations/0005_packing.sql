-- Own facts that end the packing of an order, by when: how many were packed here today.
CREATE INDEX outbox_packed ON outbox(wall) WHERE type = 'OrderPacked';
