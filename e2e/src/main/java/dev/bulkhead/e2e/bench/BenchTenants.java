package dev.bulkhead.e2e.bench;

import dev.bulkhead.api.v1beta1.Tenant;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;

/** The tenants that are measured: all alike but for their names. */
final class BenchTenants {
    private static final String RESOURCE = "/bench-tenant.yaml";

    private final KubernetesSerialization serialization;
    private final String yaml;

    BenchTenants(KubernetesSerialization serialization) {
        this.serialization = serialization;
        try (InputStream in = Objects.requireNonNull(BenchTenants.class.getResourceAsStream(RESOURCE))) {
            this.yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code count} tenants, named {@code <prefix>-0001} and so on. */
    List<Tenant> named(String prefix, int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> named(String.format(Locale.ROOT, "%s-%04d", prefix, i)))
                .toList();
    }

    private Tenant named(String name) {
        Tenant tenant = serialization.unmarshal(yaml, Tenant.class);
        tenant.getMetadata().setName(name);
        return tenant;
    }
}
