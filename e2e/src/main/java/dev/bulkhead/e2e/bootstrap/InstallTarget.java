package dev.bulkhead.e2e.bootstrap;

import dev.bulkhead.e2e.stack.StackException;
import dev.bulkhead.e2e.stack.StateDirectory;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * The API server that Bulkhead is installed on, as the operator's process has to know it.
 *
 * @param url of the API server
 * @param caCertificate PEM file
 */
public record InstallTarget(String url, Path caCertificate) {
    /** The API server an administrator's client talks to; its CA is put into the state directory. */
    static InstallTarget of(KubernetesClient admin, StateDirectory state) {
        Config config = admin.getConfiguration();
        if (config.getCaCertFile() != null) {
            return new InstallTarget(config.getMasterUrl(), Path.of(config.getCaCertFile()));
        }
        if (config.getCaCertData() == null) {
            throw new StackException("the kubeconfig names no certificate authority for " + config.getMasterUrl()
                    + "; the operator would have to trust every server");
        }
        state.writePrivately("operator/ca.crt", decoded(config.getCaCertData()));
        return new InstallTarget(config.getMasterUrl(), state.root().resolve("operator/ca.crt"));
    }

    private static byte[] decoded(String data) {
        try {
            return Base64.getDecoder().decode(data);
        } catch (IllegalArgumentException e) {
            return data.getBytes(StandardCharsets.US_ASCII); // PEM already
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new StackException(file + " cannot be read: no such file, or no right to read it", e);
        }
    }
}
