package dev.bulkhead.operator.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec.Driver;
import dev.bulkhead.operator.calls.ExternalCalls;
import java.net.URI;
import org.junit.jupiter.api.Test;

/** Which connection is used again, and which gives way to another. */
class ObjectStoresTest {
    private final StoreConnection connection = connection("secret-of-the-operator");

    @Test
    void the_same_store_is_opened_once() {
        try (ObjectStores stores = new ObjectStores(ExternalCalls.unobserved())) {
            ObjectStores.Open open = stores.open(Driver.Versity, connection);

            assertThat(stores.open(Driver.Versity, connection("secret-of-the-operator")))
                    .isSameAs(open);
        }
    }

    @Test
    void another_secret_or_another_driver_is_another_store() {
        try (ObjectStores stores = new ObjectStores(ExternalCalls.unobserved())) {
            ObjectStores.Open open = stores.open(Driver.Versity, connection);
            ObjectStores.Open another = stores.open(Driver.Versity, connection("another-secret"));

            assertThat(another).isNotSameAs(open);
            assertThat(stores.open(Driver.Static, connection("another-secret"))).isNotSameAs(another);
        }
    }

    private static StoreConnection connection(String secret) {
        URI endpoint = URI.create("http://127.0.0.1:1");
        return new StoreConnection(
                "objects-1", endpoint, endpoint, "us-east-1", "operator", secret, null, StoreConnection.Limits.DEFAULT);
    }
}
