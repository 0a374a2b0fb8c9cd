package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.CorsRule;
import dev.bulkhead.api.v1beta1.ObjectStoreRequest;
import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.identity.Slot;
import dev.bulkhead.operator.identity.TenantIdentity;
import dev.bulkhead.operator.validate.ValidTenant;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Tenants for tests: names, identities and secrets all differ. */
final class Fixtures {
    /** For pages of one customer's portal. */
    static final ObjectStoreRequest CROSS_ORIGIN = new ObjectStoreRequest(
            null,
            null,
            "P30D",
            List.of(),
            List.of(new CorsRule(
                    List.of("https://*.portal.example"), List.of(CorsRule.HttpMethod.PUT), List.of("ETag"), 600)));

    private static final AtomicInteger NUMBER = new AtomicInteger(1);

    private Fixtures() {}

    /** One that no other test has. */
    static TenantIdentity freshIdentity() {
        return identity(NUMBER.getAndIncrement());
    }

    static TenantIdentity identity(int number) {
        return new TenantIdentity("11111111-2222-3333-4444-%012d".formatted(number));
    }

    static SlotSecret secret(TenantIdentity identity, Slot slot) {
        return new SlotSecret(slot, "secret-" + slot.number() + "-" + identity.value());
    }

    static ValidTenant.ValidObjectStore store(boolean tls, @Nullable Long quotaBytes) {
        return store(StoreKind.SeaweedFs, tls, quotaBytes);
    }

    static ValidTenant.ValidObjectStore store(StoreKind kind, boolean tls, @Nullable Long quotaBytes) {
        return store(kind, ObjectStoreRequest.defaults(), tls, quotaBytes);
    }

    static ValidTenant.ValidObjectStore store(
            StoreKind kind, ObjectStoreRequest request, boolean tls, @Nullable Long quotaBytes) {
        return new ValidTenant.ValidObjectStore(
                request,
                "objects-1",
                ObjectStoreSpec.Driver.valueOf(kind.name()),
                (tls ? "https" : "http") + "://s3.example:9000",
                "us-east-1",
                tls,
                null,
                null,
                (int) Duration.parse(request.noncurrentVersions()).toDays(),
                quotaBytes);
    }

    static List<SlotSecret> secrets(TenantIdentity identity) {
        return List.of(secret(identity, Slot.One));
    }
}
