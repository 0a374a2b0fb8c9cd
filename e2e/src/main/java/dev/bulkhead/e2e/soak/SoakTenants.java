package dev.bulkhead.e2e.soak;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The tenants that a soak makes. Each has namespaces {@code web} and {@code jobs} and an admin of its own.
 *
 * @param busy its spec changes all the time, and its admin's own workloads roll, scale and crash
 * @param moody is suspended and resumed
 * @param hostile its login and its admin attack
 */
record SoakTenants(String busy, String moody, String hostile) {
    private static final YAMLMapper YAML = new YAMLMapper();

    /** New ones: the name of a tenant that is gone stays with its data. */
    static SoakTenants named(String suffix) {
        return new SoakTenants("soak-busy-" + suffix, "soak-moody-" + suffix, "soak-hostile-" + suffix);
    }

    List<String> all() {
        return List.of(busy, moody, hostile);
    }

    static String admin(String tenant) {
        return "admin@" + tenant + ".example";
    }

    static String web(String tenant) {
        return tenant + "--web";
    }

    static String jobs(String tenant) {
        return tenant + "--jobs";
    }

    /**
     * The spec that a tenant begins with.
     *
     * @param image of its workflow; empty for none
     */
    static Map<String, Object> spec(String tenant, String image) {
        try (InputStream in = Objects.requireNonNull(SoakTenants.class.getResourceAsStream("/soak-tenant.yaml"))) {
            Map<String, Object> spec = YAML.readValue(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .replace("${tenant}", tenant)
                            .replace("${image}", image),
                    new TypeReference<Map<String, Object>>() {});
            if (image.isEmpty()) {
                spec.put("workflows", new ArrayList<>());
            }
            return spec;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
