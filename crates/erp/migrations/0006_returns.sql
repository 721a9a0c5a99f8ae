-- What comes back.

CREATE TABLE return_policy (
  warehouse_id {int} NOT NULL, body {text} NOT NULL,
  PRIMARY KEY (warehouse_id)
) {strict};
