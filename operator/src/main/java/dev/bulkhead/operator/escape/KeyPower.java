package dev.bulkhead.operator.escape;

import dev.bulkhead.operator.Pure;
import dev.bulkhead.operator.escape.KeyPowers.PowerResult;
import java.util.Set;

/**
 * What the holder of a key might get done by the API of users and keys (IAM) or of sessions (STS). Each is asked with a
 * reason not to do it, which a server names to those only whom it lets: so nothing comes of it, except of {@link #MAKE_KEY}.
 */
@Pure
enum KeyPower {
    /** As clients say it. */
    LIST_USERS("ListUsers", PowerApi.IAM, "", ""),
    /** Servers look for the name of what is asked in two places. */
    LIST_USERS_BY_QUERY("ListUsers", PowerApi.IAM, "", "") {
        @Override
        RawRequest request(String user) {
            return form("Action=ListUsers&Version=" + PowerApi.IAM.version, "");
        }

        @Override
        String text() {
            return super.text() + ", named in the query";
        }
    },
    /** Who is let in by what the one place says, and gets what the other says. */
    LIST_USERS_BEHIND("ListUsers", PowerApi.IAM, "", "") {
        @Override
        RawRequest request(String user) {
            return form("Action=GetUser", "Action=ListUsers&Version=" + PowerApi.IAM.version);
        }

        @Override
        String text() {
            return super.text() + ", with another name in the query";
        }
    },
    /** A server with one port for all goes by what was signed for, or does not. */
    LIST_USERS_AS_S3("ListUsers", PowerApi.IAM, "", "") {
        @Override
        String signedFor() {
            return "s3";
        }

        @Override
        String text() {
            return super.text() + ", signed for S3";
        }
    },
    /** Of its own user, whoever that is. */
    LIST_KEYS("ListAccessKeys", PowerApi.IAM, "", ""),
    /** Of a key that is not there: so nothing is written, not even the same again. */
    SET_KEY("UpdateAccessKey", PowerApi.IAM, "&AccessKeyId=AKIABULKHEADNOSUCHKEY&Status=Active", "NoSuchEntity"),
    /** A user that is there. */
    MAKE_USER("CreateUser", PowerApi.IAM, "&UserName=", "EntityAlreadyExists"),
    /** A document that is none. */
    WRITE_POLICY(
            "PutUserPolicy",
            PowerApi.IAM,
            "&PolicyName=bulkhead-probe&PolicyDocument=%7B&UserName=",
            "MalformedPolicyDocument"),
    /** A policy that is not there. */
    ATTACH_POLICY(
            "AttachUserPolicy",
            PowerApi.IAM,
            "&PolicyArn=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2Fbulkhead-no-such-policy&UserName=",
            "NoSuchEntity"),
    /** SeaweedFS's own kind of further key; one that has ended before it begins. */
    MAKE_SERVICE_ACCOUNT("CreateServiceAccount", PowerApi.IAM, "&Expiration=1&ParentUser=", "InvalidInput"),
    /** Thrown away; no server keeps it, and it ends by itself. */
    SESSION("GetSessionToken", PowerApi.STS, "&DurationSeconds=900", ""),
    /** The same under another name. */
    FEDERATION("GetFederationToken", PowerApi.STS, "&Name=bulkhead-probe&DurationSeconds=900", ""),
    /** The same; without a role it is the key's own user. */
    ASSUME("AssumeRole", PowerApi.STS, "&RoleSessionName=bulkhead-probe&DurationSeconds=900", ""),
    /** The one that does what it says: whoever asks takes the key away again. */
    MAKE_KEY("CreateAccessKey", PowerApi.IAM, "", "LimitExceeded");

    /** Who is asked. */
    enum PowerApi {
        IAM("iam", "2010-05-08"),
        STS("sts", "2011-06-15");

        private final String signedFor;
        private final String version;

        PowerApi(String signedFor, String version) {
            this.signedFor = signedFor;
            this.version = version;
        }

        String signedFor() {
            return signedFor;
        }
    }

    private static final Set<String> DENIED = Set.of("AccessDenied", "AccessDeniedException");

    /** What a server says that has no such action, or no such API. */
    private static final Set<String> ABSENT =
            Set.of("InvalidAction", "UnknownOperationException", "UnsupportedOperation", "NotImplemented");

    /** What a server says that does not know what was signed for. */
    private static final Set<String> NOT_SIGNED_FOR =
            Set.of("SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "IncompleteSignature");

    private final String action;
    private final PowerApi service;
    private final String parameters;
    private final String letThrough;

    /**
     * One of them.
     *
     * @param parameters after action and version; where the last has no value it is the user's name
     * @param letThrough code of the error that only who is let through is told; empty where it is done
     */
    KeyPower(String action, PowerApi service, String parameters, String letThrough) {
        this.action = action;
        this.service = service;
        this.parameters = parameters;
        this.letThrough = letThrough;
    }

    PowerApi service() {
        return service;
    }

    /** The service that its signature names. */
    String signedFor() {
        return service.signedFor();
    }

    /** For people. */
    String text() {
        return action + " (" + service + ")";
    }

    /** Whether it takes the name of the key's user. */
    boolean namesUser() {
        return parameters.endsWith("=");
    }

    /** Whether it means something where users and keys have an address of their own: nothing else is to be mixed up there. */
    boolean byItself() {
        return service == PowerApi.IAM && (this == LIST_USERS || !asksForTheApi());
    }

    /** Whether it tells if there is such an API at all. */
    boolean asksForTheApi() {
        return action.equals(LIST_USERS.action);
    }

    /**
     * What is sent.
     *
     * @param user of the key; empty where it is not known, and then of no meaning
     */
    RawRequest request(String user) {
        return form(
                "",
                "Action=" + action + "&Version=" + service.version + parameters
                        + (namesUser() ? Name.encoded(user, true) : ""));
    }

    /** Whose key it is. No power: who has it may know that. */
    static RawRequest callerIdentity() {
        return form("", "Action=GetCallerIdentity&Version=" + PowerApi.STS.version);
    }

    /** Takes back what {@link #MAKE_KEY} made. */
    static RawRequest deleteKey(String accessKeyId) {
        return form(
                "",
                "Action=DeleteAccessKey&Version=" + PowerApi.IAM.version + "&AccessKeyId="
                        + Name.encoded(accessKeyId, true));
    }

    /** A request of these APIs. */
    private static RawRequest form(String query, String body) {
        return RawRequest.post("/", query, body)
                .with("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    }

    /**
     * What an answer says, if the same key gets into its bucket just then.
     *
     * @param besideS3 whether it is asked on S3's own port, where there may be no such API
     */
    PowerResult judge(RawAnswer answer, boolean besideS3) {
        String code = answer.code();
        if (answer.ok()) {
            // Whatever else answers is not that API.
            return answer.body().contains("<" + action + "Response") ? PowerResult.THROUGH : PowerResult.UNCLEAR;
        }
        if (!code.isEmpty() && code.equals(letThrough)) {
            return PowerResult.THROUGH;
        }
        if (answer.shutOut() && DENIED.contains(code)) {
            return PowerResult.KEPT;
        }
        boolean absent = ABSENT.contains(code)
                || answer.status() == 405
                || answer.status() == 501
                || (answer.status() == 404 && !code.equals("NoSuchEntity"));
        boolean ofS3 = besideS3
                && answer.status() >= 400
                && answer.status() < 500
                && (NOT_SIGNED_FOR.contains(code) || (answer.heard() && isS3(answer)));
        return absent || ofS3 ? PowerResult.NOT_OFFERED : PowerResult.UNCLEAR;
    }

    /** Errors of these APIs stand in an ErrorResponse, those of S3 by themselves. */
    private static boolean isS3(RawAnswer answer) {
        return answer.body().contains("<Error>") && !answer.body().contains("<ErrorResponse");
    }
}
