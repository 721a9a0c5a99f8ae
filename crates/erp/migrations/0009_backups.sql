-- What the last verified backup holds of each device: facts up to this number may leave the device in time.
CREATE TABLE backed_up (
  warehouse_id {int} NOT NULL, device {text} NOT NULL, epoch {int} NOT NULL, seq {int} NOT NULL,
  at_ms {int} NOT NULL,
  PRIMARY KEY (warehouse_id, device, epoch)
) {strict};
