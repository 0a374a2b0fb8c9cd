package dev.bulkhead.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.bulkhead.operator.secret.SealedValue;
import dev.bulkhead.operator.secret.SealingKeySource;
import dev.bulkhead.operator.secret.SealingPublicKey;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code bulkhead seal}: turns a secret into a value that is safe in Git. It needs the tenant's public key and no right
 * but reading the ConfigMap that holds it. The secret comes from standard input or from files, never from an argument,
 * where the process list and the shell's history would keep it.
 *
 * <p>Exit codes: 0 sealed, 1 the key or the secret could not be had, 2 wrong usage.
 */
@Command(
        name = "seal",
        mixinStandardHelpOptions = true,
        description = "Seals a secret so that only the operator can open it, for one namespace, name and key.",
        footer = {
            "",
            "Exit codes: 0 sealed, 1 the key or the secret could not be had, 2 wrong usage.",
            "",
            "Examples:",
            "  printf %%s \"$TOKEN\" | \\",
            "      bulkhead seal --namespace acme--app --name llm --key api-key",
            "  bulkhead seal --tenant-config tenant.yaml --name tls -o yaml \\",
            "      --from-file tls.crt=crt.pem --from-file tls.key=key.pem --type tls"
        })
public final class SealCommand implements Callable<Integer> {
    private static final List<String> TYPES = List.of("Opaque", "dockerconfigjson", "tls", "basic-auth");
    private static final int MAX_NAME_CHARS = 253;
    private static final int MAX_NAMESPACE_CHARS = 63;
    private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

    private final SealingKeySource cluster;
    private final InputStream stdin;
    private final Clock clock;
    private final SecureRandom random;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            description = "Namespace the secret is for. Read from the tenant configuration when left out.")
    private String namespace = "";

    @Option(
            names = "--tenant-config",
            paramLabel = "FILE",
            description = "A saved ConfigMap bulkhead-tenant (YAML or JSON), instead of asking the cluster.")
    private @Nullable Path tenantConfig;

    @Option(names = "--name", required = true, paramLabel = "NAME", description = "Name of the TenantSecret.")
    private String name = "";

    @Option(names = "--key", paramLabel = "KEY", description = "Key in the secret that standard input is sealed for.")
    private String key = "";

    @Option(
            names = "--from-file",
            paramLabel = "KEY=FILE",
            description = "Seals a file's content for a key. May be repeated, instead of --key.")
    private List<String> fromFiles = new ArrayList<>();

    @Option(
            names = "--trim",
            description = "Takes spaces, tabs and line breaks off both ends. Without it every byte counts.")
    private boolean trim;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "Opaque",
            description = "Type of the secret in the manifest: Opaque, dockerconfigjson, tls or basic-auth (default:"
                    + " ${DEFAULT-VALUE}).")
    private String type = "Opaque";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "text|yaml",
            defaultValue = "text",
            description = "text: the sealed value alone; yaml: a complete TenantSecret. Default: ${DEFAULT-VALUE}.")
    private SealOutput output = SealOutput.text;

    /** Spelled as they are typed. */
    enum SealOutput {
        text,
        yaml
    }

    /**
     * Wired by hand.
     *
     * @param cluster asked for the public key when no file is given
     * @param stdin where the secret comes from
     */
    public SealCommand(SealingKeySource cluster, InputStream stdin, Clock clock, SecureRandom random) {
        this.cluster = cluster;
        this.stdin = stdin;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public Integer call() {
        Map<String, Path> files = files();
        checkUsage(files.keySet());
        try {
            Recipient recipient = recipient();
            Map<String, String> sealed = new TreeMap<>();
            for (Map.Entry<String, Path> file : files.entrySet()) {
                sealed.put(file.getKey(), sealed(recipient, file.getKey(), contentOf(file.getValue())));
            }
            if (!key.isEmpty()) {
                sealed.put(key, sealed(recipient, key, standardInput()));
            }
            print(recipient.namespace(), sealed);
            return 0;
        } catch (Unsealable e) {
            tell(e.getMessage());
            return 1;
        }
    }

    private void tell(@Nullable String message) {
        commandLine().getErr().println("seal: " + message);
        commandLine().getErr().flush();
    }

    /** Not left to picocli, whose maps let a later file replace an earlier one of the same key without a word. */
    private Map<String, Path> files() {
        Map<String, Path> files = new TreeMap<>();
        for (String each : fromFiles) {
            int equals = each.indexOf('=');
            require(equals > 0 && equals < each.length() - 1, "--from-file " + each + ": KEY=FILE is expected.");
            String forKey = each.substring(0, equals);
            require(!files.containsKey(forKey), "--from-file names key " + forKey + " twice.");
            files.put(forKey, Path.of(each.substring(equals + 1)));
        }
        return files;
    }

    private void checkUsage(Set<String> fileKeys) {
        require(!namespace.isEmpty() || tenantConfig != null, "Name the tenant: --namespace or --tenant-config.");
        require(
                !key.isEmpty() || !fileKeys.isEmpty(),
                "Name what to seal: --key (from standard input) or --from-file.");
        require(namespace.isEmpty() || isNamespace(namespace), "--namespace is not a namespace name.");
        require(
                name.length() <= MAX_NAME_CHARS && NAME.matcher(name).matches(),
                "--name is not the name of a Kubernetes object.");
        require(TYPES.contains(type), "--type is none of " + String.join(", ", TYPES) + ".");
        require(key.isEmpty() || KEY.matcher(key).matches(), "--key has characters that a Secret's key cannot have.");
        require(!fileKeys.contains(key), "--key and --from-file name the same key.");
        fileKeys.forEach(each -> require(
                KEY.matcher(each).matches(), "--from-file " + each + ": a Secret's key cannot have these characters."));
    }

    private static boolean isNamespace(String text) {
        return text.length() <= MAX_NAMESPACE_CHARS && NAMESPACE.matcher(text).matches();
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(commandLine(), message);
        }
    }

    /** Whose key it is, and the namespace to seal for. */
    private record Recipient(SealingPublicKey key, String namespace) {}

    private Recipient recipient() throws Unsealable {
        if (tenantConfig == null) {
            return switch (cluster.lookup(namespace)) {
                case SealingKeySource.Lookup.Found(Map<String, String> data) ->
                    new Recipient(
                            publicKey("ConfigMap " + namespace + "/" + SealingPublicKey.CONFIG_MAP, data), namespace);
                case SealingKeySource.Lookup.Absent() ->
                    throw new Unsealable("namespace " + namespace + " has no ConfigMap " + SealingPublicKey.CONFIG_MAP
                            + ". Is it a tenant's namespace, and is the tenant ready?");
                case SealingKeySource.Lookup.Failed(String message) -> throw new Unsealable(message);
            };
        }
        return switch (TenantConfigFile.read(tenantConfig)) {
            case TenantConfigFile.Contents.Unreadable(String message) ->
                throw new Unsealable(tenantConfig + ": " + message + ". Save one with: kubectl get configmap "
                        + SealingPublicKey.CONFIG_MAP + " -n NAMESPACE -o yaml");
            case TenantConfigFile.Contents.ConfigMap(String from, Map<String, String> data) -> {
                require(
                        !namespace.isEmpty() || isNamespace(from),
                        "The file names no namespace. Name it with --namespace.");
                yield new Recipient(publicKey(tenantConfig.toString(), data), namespace.isEmpty() ? from : namespace);
            }
        };
    }

    private static SealingPublicKey publicKey(String source, Map<String, String> data) throws Unsealable {
        return switch (SealingPublicKey.fromConfigMapData(data)) {
            case SealingPublicKey.PublicKeyReading.Read(SealingPublicKey publicKey) -> publicKey;
            case SealingPublicKey.PublicKeyReading.Unusable(String message) ->
                throw new Unsealable(source + " holds no usable sealing key: " + message + ".");
        };
    }

    private byte[] standardInput() throws Unsealable {
        try {
            byte[] plaintext = checked("standard input", stdin.readNBytes(SealedValue.MAX_PLAINTEXT_BYTES + 1));
            if (plaintext[plaintext.length - 1] == '\n') {
                tell("note: the value ends with a line break; --trim would take it off.");
            }
            return plaintext;
        } catch (IOException e) {
            throw new Unsealable(
                    "standard input cannot be read (" + e.getClass().getSimpleName() + ").");
        }
    }

    private byte[] contentOf(Path file) throws Unsealable {
        try (InputStream in = Files.newInputStream(file)) {
            return checked(file.toString(), in.readNBytes(SealedValue.MAX_PLAINTEXT_BYTES + 1));
        } catch (IOException _) {
            throw new Unsealable(file + " cannot be read: no such file, or no right to read it.");
        }
    }

    private byte[] checked(String source, byte[] content) throws Unsealable {
        byte[] plaintext = trim ? trimmed(content) : content;
        if (plaintext.length == 0) {
            throw new Unsealable(source + " is empty. Nothing was sealed.");
        }
        if (plaintext.length > SealedValue.MAX_PLAINTEXT_BYTES) {
            Arrays.fill(plaintext, (byte) 0);
            throw new Unsealable(source + " has more than " + SealedValue.MAX_PLAINTEXT_BYTES
                    + " bytes, and a Kubernetes Secret holds no more.");
        }
        return plaintext;
    }

    private static byte[] trimmed(byte[] content) {
        int from = 0;
        int to = content.length;
        while (from < to && isSpace(content[from])) {
            from++;
        }
        while (to > from && isSpace(content[to - 1])) {
            to--;
        }
        byte[] trimmed = Arrays.copyOfRange(content, from, to);
        Arrays.fill(content, (byte) 0);
        return trimmed;
    }

    private static boolean isSpace(byte character) {
        return character == ' ' || character == '\t' || character == '\r' || character == '\n';
    }

    private String sealed(Recipient recipient, String forKey, byte[] plaintext) {
        try {
            SealedValue.SealTarget target = new SealedValue.SealTarget(recipient.namespace(), name, forKey);
            return SealedValue.seal(recipient.key(), target, clock.millis(), plaintext, random);
        } finally {
            Arrays.fill(plaintext, (byte) 0);
        }
    }

    private void print(String inNamespace, Map<String, String> sealed) {
        PrintWriter out = commandLine().getOut();
        switch (output) {
            case text -> {
                if (sealed.size() == 1) {
                    sealed.values().forEach(out::println);
                } else {
                    sealed.forEach((each, value) -> out.println(each + ": " + value));
                }
            }
            case yaml -> out.print(manifest(inNamespace, sealed));
        }
        out.flush();
    }

    private String manifest(String inNamespace, Map<String, String> sealed) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("apiVersion", "bulkhead.dev/v1beta1");
        manifest.put("kind", "TenantSecret");
        manifest.put("metadata", new TreeMap<>(Map.of("name", name, "namespace", inNamespace)));
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("type", type);
        content.put("data", sealed);
        manifest.put("spec", content);
        try {
            return YAMLMapper.builder()
                    .enable(
                            YAMLGenerator.Feature.MINIMIZE_QUOTES,
                            YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build()
                    .writeValueAsString(manifest);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a map of texts cannot be written as YAML", e);
        }
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec, "run by picocli").commandLine();
    }

    /** Ends the command with exit code 1; the message is for the user and names no secret. */
    private static final class Unsealable extends Exception {
        Unsealable(String message) {
            super(message);
        }
    }
}
