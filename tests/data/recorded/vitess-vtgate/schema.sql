CREATE TABLE customer (id bigint, name varchar(60), region varchar(20), PRIMARY KEY (id)) ENGINE=InnoDB;
CREATE TABLE corder (id bigint AUTO_INCREMENT, customer_id bigint, note text, PRIMARY KEY (id)) ENGINE=InnoDB;
