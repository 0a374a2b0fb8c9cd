package dev.bulkhead.e2e.stack;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The files that SeaweedFS reads as it starts; they hold keys, and their owner alone may read them. */
final class SeaweedFsFiles {
    /** Removes what lifecycle rules name and stops buckets that are over their quota. */
    private static final int MAINTENANCE_MINUTES = 17;

    private final StateDirectory state;
    private final StackPorts ports;
    private final ListenAddress address;
    private final Pki pki;
    private final Credentials credentials;

    SeaweedFsFiles(StateDirectory state, StackPorts ports, ListenAddress address, Pki pki, Credentials credentials) {
        this.state = state;
        this.ports = ports;
        this.address = address;
        this.pki = pki;
        this.credentials = credentials;
    }

    /** Writes all of them; they say what they said before, unless the address is another. */
    void write() {
        write("security.toml", security());
        write("master.toml", master());
        write("identities.json", identities());
    }

    /** Where {@code security.toml} and {@code master.toml} are. */
    Path directory() {
        return state.directory("objectstore/config");
    }

    /** The administrator of S3. */
    Path identitiesFile() {
        return directory().resolve("identities.json");
    }

    private void write(String name, String content) {
        PrivateFiles.write(directory().resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Keys, and that no part talks to a client without a certificate: the master's HTTP knows no keys, and of gRPC the keys
     * guard the accounts alone.
     */
    private String security() {
        Credentials.ObjectStoreKeys keys = credentials.objectStoreKeys();
        StringBuilder text = new StringBuilder();
        section(text, "jwt.signing", Map.of("key", keys.volumeWrite()));
        section(text, "jwt.signing.read", Map.of("key", keys.volumeRead()));
        section(text, "jwt.filer_signing", Map.of("key", keys.filerWrite()));
        section(text, "jwt.filer_signing.read", Map.of("key", keys.filerRead()));
        section(text, "s3.sse", Map.of("kek", keys.encryption()));
        section(text, "grpc", Map.of("ca", pki.certificate("seaweedfs-ca").toString()));
        for (String part : List.of("master", "volume", "filer", "s3", "client")) {
            section(text, "grpc." + part, certificate());
        }
        for (String part : List.of("master", "volume", "filer")) {
            section(text, "https." + part, certificate());
            text.append("ca = ")
                    .append(quoted(pki.certificate("seaweedfs-ca").toString()))
                    .append('\n');
        }
        section(text, "https.client", certificate());
        text.append("ca = ")
                .append(quoted(pki.certificate("seaweedfs-ca").toString()))
                .append('\n');
        text.append("enabled = true\n");
        return text.toString();
    }

    private Map<String, String> certificate() {
        return Map.of(
                "cert", pki.certificate("seaweedfs").toString(),
                "key", pki.key("seaweedfs").toString());
    }

    /** A bucket begins with one volume instead of seven, at once: no volume server of earlier days is waited for. */
    private String master() {
        return """
                [master.volume_growth]
                copy_1 = 1
                allocation_deferral = "0s"

                [master.maintenance]
                scripts = \"""
                  s3.lifecycle.run-shard -shards 0-15 -s3 %s:%d -events 0 -runtime 10m
                  s3.bucket.quota.enforce -apply
                  lock
                  s3.clean.uploads -timeAgo=168h
                  unlock
                \"""
                sleep_minutes = %d
                """.formatted(address.host(), ports.objectStoreParts().s3Grpc(), MAINTENANCE_MINUTES);
    }

    private String identities() {
        Map<String, Object> administrator = Map.of(
                "name",
                "administrator",
                "credentials",
                List.of(Map.of(
                        "accessKey", credentials.objectStoreAccessKey(),
                        "secretKey", credentials.objectStoreSecretKey())),
                "actions",
                List.of("Admin"));
        try {
            return new ObjectMapper().writeValueAsString(Map.of("identities", List.of(administrator)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps of strings are JSON", e);
        }
    }

    private static void section(StringBuilder text, String name, Map<String, String> values) {
        text.append('[').append(name).append("]\n");
        values.forEach((key, value) ->
                text.append(key).append(" = ").append(quoted(value)).append('\n'));
    }

    /** A TOML basic string, of what is a path, base64 or hexadecimal digits. */
    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
