package dev.bulkhead.operator.objectstore;

import dev.bulkhead.api.v1beta1.ObjectStoreSpec;
import dev.bulkhead.operator.calls.ExternalCalls;
import dev.bulkhead.operator.identity.TenantIdentity;
import java.net.URI;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a driver's name stands for: how its stores name tenants, who makes keys, what is known of it without asking, and
 * how to speak to it. The one place that tells drivers apart. Everything but {@link #open} is pure.
 */
public enum StoreKind {
    /**
     * SeaweedFS 4.53 and newer: the operator makes users by the filer's gRPC, each with one key, both called by the access
     * key id.
     */
    SeaweedFs(false) {
        @Override
        Set<StoreFeature> documented() {
            return EnumSet.of(
                    StoreFeature.KeepsBucketsApart,
                    StoreFeature.KeysMakeNoKeys,
                    StoreFeature.BucketPolicy,
                    StoreFeature.AclConditions,
                    StoreFeature.GrantHeaderConditions,
                    StoreFeature.PrivateAcls,
                    StoreFeature.SecureTransport,
                    StoreFeature.Cors,
                    StoreFeature.Tls,
                    StoreFeature.Tags,
                    StoreFeature.Versioning,
                    StoreFeature.ObjectLock,
                    StoreFeature.OwnershipControls,
                    StoreFeature.PublicAccessBlock,
                    StoreFeature.Encryption,
                    StoreFeature.Lifecycle,
                    StoreFeature.Quota,
                    StoreFeature.BucketSize,
                    StoreFeature.RevokesKeys);
        }

        @Override
        public StoreKeys keys(TenantIdentity identity) {
            return StoreKeys.derived(identity, SeaweedFsAccounts::principal);
        }

        @Override
        boolean asksForFilerAccess() {
            return true;
        }

        @Override
        ObjectStoreDriver open(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known) {
            return new AccountDriver(
                    connection,
                    calls,
                    known,
                    SeaweedFsAccounts::new,
                    SeaweedFsQuotas::new,
                    SeaweedFsAccounts::principal,
                    SeaweedFsAccounts.GIVENS);
        }
    },

    /**
     * AWS, and servers that speak its IAM API: the operator makes a user for each tenant, and the server chooses the ids and
     * secrets of its keys.
     */
    AwsIam(false) {
        @Override
        Set<StoreFeature> documented() {
            Set<StoreFeature> features =
                    EnumSet.copyOf(SeaweedFs.documented()); // as AWS documents S3, and as found there
            features.removeAll(Set.of(StoreFeature.PrivateAcls, StoreFeature.Quota, StoreFeature.BucketSize));
            return features;
        }

        @Override
        public StoreKeys keys(TenantIdentity identity) {
            return StoreKeys.later(
                    new StoreKeys.Named("<id that the server chooses>", "<ARN of user " + identity.bucket() + ">"));
        }

        @Override
        URI iamEndpoint(StoreConnection connection) {
            return connection.adminEndpoint();
        }

        @Override
        ObjectStoreDriver open(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known) {
            return new AwsIamDriver(connection, calls, known, Clock.systemUTC());
        }
    },

    /**
     * Any S3 server with bucket policies, asked by S3 alone: the platform's administrator supplies the key of each tenant.
     * Which server it is nobody knows, so what is documented is what all of them have.
     */
    Static(true) {
        @Override
        Set<StoreFeature> documented() {
            return EnumSet.of(
                    StoreFeature.BucketPolicy,
                    StoreFeature.Tls,
                    StoreFeature.Tags,
                    StoreFeature.Versioning,
                    StoreFeature.ObjectLock);
        }

        @Override
        public StoreKeys keys(TenantIdentity identity) {
            String secret = " of Secret " + SuppliedKeys.secretName(identity) + ">";
            return StoreKeys.later(new StoreKeys.Named(
                    "<" + SuppliedKeys.ACCESS_KEY_ID + secret, "<" + SuppliedKeys.PRINCIPAL + secret));
        }

        @Override
        ObjectStoreDriver open(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known) {
            return new StaticDriver(connection, calls, known);
        }
    };

    private final boolean keysSupplied;

    StoreKind(boolean keysSupplied) {
        this.keysSupplied = keysSupplied;
    }

    /** What the name in a spec stands for. */
    public static StoreKind of(ObjectStoreSpec.Driver driver) {
        return switch (driver) {
            case SeaweedFs -> SeaweedFs;
            case AwsIam -> AwsIam;
            case Static -> Static;
        };
    }

    /** The driver of a store that a plan makes up: of the one that comes along. */
    public static ObjectStoreSpec.Driver comesAlong() {
        return ObjectStoreSpec.Driver.SeaweedFs;
    }

    /** Whether the platform's administrator makes the keys; else the operator does. */
    public boolean keysSupplied() {
        return keysSupplied;
    }

    /** Whether its admin API asks for more than the account's key: see {@link FilerAccess}. */
    boolean asksForFilerAccess() {
        return false;
    }

    /** Where its server answers the IAM API, if it does: on the port of S3 unless the spec names another. */
    URI iamEndpoint(StoreConnection connection) {
        return connection.endpoint();
    }

    /** The keys of a tenant, as far as its identity tells; what only its Secret tells stands in angle brackets. */
    public abstract StoreKeys keys(TenantIdentity identity);

    /**
     * What the newest known server of this kind can do: for {@code bulkhead plan}, which asks nobody. The conformance
     * suite holds it against real servers.
     *
     * @param tls whether its endpoint is HTTPS
     */
    public StoreCapabilities documented(boolean tls) {
        Set<StoreFeature> available = EnumSet.copyOf(documented());
        if (!tls) {
            available.removeAll(Set.of(StoreFeature.Tls, StoreFeature.SecureTransport));
        }
        return StoreCapabilities.of(available);
    }

    /** The same over HTTPS, as it is. */
    abstract Set<StoreFeature> documented();

    /** A driver for one connection; opens no connection yet. */
    public ObjectStoreDriver open(StoreConnection connection, ExternalCalls calls) {
        return open(connection, calls, null);
    }

    /**
     * The same, of a server that is known already.
     *
     * @param known what it can do; null means that it is still to be found out
     */
    abstract ObjectStoreDriver open(StoreConnection connection, ExternalCalls calls, @Nullable StoreCapabilities known);
}
