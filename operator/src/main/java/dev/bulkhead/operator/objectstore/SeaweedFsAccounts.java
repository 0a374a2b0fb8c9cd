package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.BackendStatus;
import dev.bulkhead.operator.calls.ExternalCalls.Verb;
import dev.bulkhead.operator.objectstore.FilerChannel.Rpc;
import dev.bulkhead.operator.objectstore.SeaweedFsUsers.Beside;
import dev.bulkhead.operator.objectstore.StoreCapabilities.SeenFeature;
import dev.bulkhead.operator.objectstore.StoreException.StoreFailure;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import seaweedfs.grpc.FilerMessages.CreateUserRequest;
import seaweedfs.grpc.FilerMessages.Credential;
import seaweedfs.grpc.FilerMessages.DeleteAccessKeyRequest;
import seaweedfs.grpc.FilerMessages.DeleteServiceAccountRequest;
import seaweedfs.grpc.FilerMessages.DeleteUserRequest;
import seaweedfs.grpc.FilerMessages.Entry;
import seaweedfs.grpc.FilerMessages.GetConfigurationRequest;
import seaweedfs.grpc.FilerMessages.GetConfigurationResponse;
import seaweedfs.grpc.FilerMessages.Identity;
import seaweedfs.grpc.FilerMessages.LookupDirectoryEntryRequest;
import seaweedfs.grpc.FilerMessages.LookupDirectoryEntryResponse;
import seaweedfs.grpc.FilerMessages.UpdateUserRequest;
import seaweedfs.grpc.FilerMessages.WriteResponse;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Users of a SeaweedFS server, each with one key, both called by the access key id, through its filer: a write there costs
 * the same with a hundred users and with thousands. What somebody else gave such a user the filer has no request for in two
 * cases, written policies and groups; those are taken back through the server's IAM API.
 */
final class SeaweedFsAccounts implements KeyAccounts {
    /** What no look at one bucket tells. */
    static final Map<StoreFeature, SeenFeature> GIVENS = Map.of(
            StoreFeature.PrivateAcls,
            new SeenFeature(true, "the right is given for these two alone"),
            StoreFeature.BucketSize,
            new SeenFeature(true, "the filer tells what the volumes of a bucket hold"),
            StoreFeature.RevokesKeys,
            new SeenFeature(true, "keys are users that the operator makes and deletes"));

    private static final String USERS = "iam_pb.SeaweedIdentityAccessManagement/";
    private static final Rpc<GetConfigurationRequest, GetConfigurationResponse> LIST = Rpc.of(
            Verb.read,
            USERS + "GetConfiguration",
            GetConfigurationRequest.getDefaultInstance(),
            GetConfigurationResponse.getDefaultInstance());
    private static final Rpc<CreateUserRequest, WriteResponse> CREATE = Rpc.of(
            Verb.write,
            USERS + "CreateUser",
            CreateUserRequest.getDefaultInstance(),
            WriteResponse.getDefaultInstance());
    private static final Rpc<UpdateUserRequest, WriteResponse> UPDATE = Rpc.of(
            Verb.write,
            USERS + "UpdateUser",
            UpdateUserRequest.getDefaultInstance(),
            WriteResponse.getDefaultInstance());
    private static final Rpc<DeleteUserRequest, WriteResponse> DELETE = Rpc.of(
            Verb.write,
            USERS + "DeleteUser",
            DeleteUserRequest.getDefaultInstance(),
            WriteResponse.getDefaultInstance());
    private static final Rpc<DeleteAccessKeyRequest, WriteResponse> DELETE_KEY = Rpc.of(
            Verb.write,
            USERS + "DeleteAccessKey",
            DeleteAccessKeyRequest.getDefaultInstance(),
            WriteResponse.getDefaultInstance());
    private static final Rpc<DeleteServiceAccountRequest, WriteResponse> DELETE_SERVICE_ACCOUNT = Rpc.of(
            Verb.write,
            USERS + "DeleteServiceAccount",
            DeleteServiceAccountRequest.getDefaultInstance(),
            WriteResponse.getDefaultInstance());
    private static final Rpc<LookupDirectoryEntryRequest, LookupDirectoryEntryResponse> LOOK_UP = Rpc.of(
            Verb.read,
            "filer_pb.SeaweedFiler/LookupDirectoryEntry",
            LookupDirectoryEntryRequest.getDefaultInstance(),
            LookupDirectoryEntryResponse.getDefaultInstance());

    /** Where the server keeps the policies that were written for one user. */
    private static final LookupDirectoryEntryRequest WRITTEN_POLICIES = LookupDirectoryEntryRequest.newBuilder()
            .setDirectory("/etc/iam")
            .setName("policies.json")
            .build();

    private static final Map<String, String> FORM =
            Map.of("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(20);

    private final StoreConnection connection;
    private final StoreGate gate;
    private final FilerChannel filer;
    private final SignedRequests iam;
    private volatile SeaweedFsUsers seen = new SeaweedFsUsers(Map.of(), Map.of());

    /**
     * For one server.
     *
     * @throws StoreException when what the filer is to be shown cannot be read
     */
    SeaweedFsAccounts(StoreConnection connection, StoreGate gate) {
        this.connection = connection;
        this.gate = gate;
        this.filer = new FilerChannel(connection, gate);
        this.iam = new SignedRequests(connection);
    }

    /** How a bucket policy names the user of an access key id. */
    static String principal(String accessKeyId) {
        return "arn:aws:iam::000000000000:user/" + accessKeyId;
    }

    @Override
    public Map<String, ObservedKey> list() {
        SeaweedFsUsers users = SeaweedFsUsers.of(
                filer.call(LIST, GetConfigurationRequest.getDefaultInstance()).getConfiguration(), policies());
        seen = users;
        return users.keys();
    }

    @Override
    public void put(String accessKeyId, String secret) {
        boolean nothing = seen.beside(accessKeyId).equals(Beside.NOTHING);
        try {
            create(user(accessKeyId, nothing ? secret : null));
        } catch (StoreException e) {
            if (e.failure() != StoreFailure.Exists) {
                throw e;
            }
            update(accessKeyId, secret);
            return;
        }
        if (!nothing) {
            clear(accessKeyId); // what is kept for a former one of that name, before anybody has a key to it
            overwrite(accessKeyId, secret);
        }
        awaitKnown(accessKeyId, secret);
    }

    @Override
    public void update(String accessKeyId, String secret) {
        overwrite(accessKeyId, secret);
        clear(accessKeyId);
        awaitKnown(accessKeyId, secret);
    }

    /** The key first: that it is dead waits for nothing else. */
    @Override
    public void delete(String accessKeyId) {
        deleteUser(accessKeyId);
        Beside beside = seen.beside(accessKeyId);
        if (beside.equals(Beside.NOTHING)) {
            return;
        }
        boolean ofTheUser = !beside.documents().isEmpty() || !beside.groups().isEmpty();
        if (ofTheUser) {
            tolerate(StoreFailure.Exists, () -> create(user(accessKeyId, null))); // they are taken from a user only
        }
        clear(accessKeyId);
        if (ofTheUser) {
            deleteUser(accessKeyId);
        }
    }

    @Override
    public List<BackendStatus.Capability> remarks() {
        Instant pass = entry(SeaweedFsLifecycle.NOTE)
                .map(note -> Instant.ofEpochSecond(note.getAttributes().getMtime()))
                .orElse(null);
        Instant firstBucket = entry(SeaweedFsLifecycle.BUCKETS)
                .map(buckets -> Instant.ofEpochSecond(buckets.getAttributes().getCrtime()))
                .orElse(null);
        return List.of(SeaweedFsLifecycle.of(pass, firstBucket, Instant.now()).told());
    }

    @Override
    public void close() {
        filer.close();
        iam.close();
    }

    private void overwrite(String accessKeyId, String secret) {
        filer.call(
                UPDATE,
                UpdateUserRequest.newBuilder()
                        .setUsername(accessKeyId)
                        .setIdentity(user(accessKeyId, secret))
                        .build());
    }

    private void deleteUser(String accessKeyId) {
        tolerate(
                StoreFailure.Missing,
                () -> filer.call(
                        DELETE,
                        DeleteUserRequest.newBuilder().setUsername(accessKeyId).build()));
    }

    private void create(Identity user) {
        filer.call(CREATE, CreateUserRequest.newBuilder().setIdentity(user).build());
    }

    /** A user with that key and nothing else; without a secret one that nobody can be. */
    private static Identity user(String accessKeyId, @Nullable String secret) {
        Identity.Builder user = Identity.newBuilder().setName(accessKeyId);
        if (secret != null) {
            user.addCredentials(Credential.newBuilder()
                    .setAccessKey(accessKeyId)
                    .setSecretKey(secret)
                    .setStatus("Active"));
        }
        return user.build();
    }

    private byte[] policies() {
        return entry(WRITTEN_POLICIES)
                .map(file -> file.getContent().toByteArray())
                .orElse(new byte[0]);
    }

    /** What the filer has under a name. */
    private Optional<Entry> entry(LookupDirectoryEntryRequest name) {
        try {
            return Optional.of(filer.call(LOOK_UP, name).getEntry());
        } catch (StoreException e) {
            if (e.failure() == StoreFailure.Missing) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Takes away what the last list found beside the user; between lists nobody looks. Keys go first: the IAM API, which
     * takes the rest, may not answer.
     */
    private void clear(String accessKeyId) {
        Beside beside = seen.beside(accessKeyId);
        for (String id : beside.serviceAccounts()) {
            tolerate(
                    StoreFailure.Missing,
                    () -> filer.call(
                            DELETE_SERVICE_ACCOUNT,
                            DeleteServiceAccountRequest.newBuilder().setId(id).build()));
        }
        for (String holder : beside.holders()) {
            tolerate(
                    StoreFailure.Missing,
                    () -> filer.call(
                            DELETE_KEY,
                            DeleteAccessKeyRequest.newBuilder()
                                    .setUsername(holder)
                                    .setAccessKey(accessKeyId)
                                    .build()));
        }
        for (String document : beside.documents()) {
            iam("DeleteUserPolicy", Map.of("UserName", accessKeyId, "PolicyName", document));
        }
        for (String group : beside.groups()) {
            iam("RemoveUserFromGroup", Map.of("UserName", accessKeyId, "GroupName", group));
        }
    }

    private void iam(String action, Map<String, String> parameters) {
        String form = "Action=" + action + "&Version=2010-05-08&"
                + parameters.entrySet().stream()
                        .map(p -> p.getKey() + "=" + URLEncoder.encode(p.getValue(), StandardCharsets.UTF_8))
                        .sorted()
                        .collect(Collectors.joining("&"));
        tolerate(
                StoreFailure.Missing,
                () -> gate.call(
                        Verb.write,
                        action,
                        () -> iam.send(
                                action,
                                "iam",
                                SdkHttpMethod.POST,
                                URI.create(connection.endpoint() + "/"),
                                FORM,
                                form.getBytes(StandardCharsets.UTF_8))));
    }

    /** What is gone already is as it should be, and what is there already. */
    private static void tolerate(StoreFailure fine, Runnable write) {
        try {
            write.run();
        } catch (StoreException e) {
            if (e.failure() != fine) {
                throw e;
            }
        }
    }

    /**
     * The filer tells the part that speaks S3 of a user before it answers, but goes on where it could not reach it: then
     * the key is known there some time later.
     */
    private void awaitKnown(String accessKeyId, String secret) {
        long end = System.nanoTime() + connection.limits().call().toNanos();
        try (S3Client s3 = S3Connection.open(connection, accessKeyId, secret)) {
            while (true) {
                try {
                    gate.call(Verb.read, "ListBuckets", s3::listBuckets);
                    return;
                } catch (StoreException e) {
                    if (e.failure() != StoreFailure.Credentials) {
                        return; // whatever it may do, it is known
                    }
                    if (System.nanoTime() > end) {
                        throw new StoreException(StoreFailure.Slow, "ListBuckets", "a new key is not known yet");
                    }
                }
                Thread.sleep(BETWEEN_TRIES);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(StoreFailure.Stopped, "ListBuckets", "");
        }
    }
}
