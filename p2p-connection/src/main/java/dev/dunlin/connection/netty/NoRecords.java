package dev.dunlin.connection.netty;

import dev.dunlin.core.system.SystemError;
import io.netty.handler.codec.dns.DnsResponseCode;

/** A name server answered, and gave no records of the kind that was asked for. */
final class NoRecords extends Exception {

    private static final long serialVersionUID = 1;

    private final SystemError answer;

    NoRecords(DnsResponseCode code) {
        super(code.toString(), null, false, false);
        answer = of(code);
    }

    private static SystemError of(DnsResponseCode code) {
        if (code.equals(DnsResponseCode.SERVFAIL)) {
            return SystemError.SERVFAIL;
        }
        return code.equals(DnsResponseCode.REFUSED) ? SystemError.REFUSED : SystemError.NXDOMAIN;
    }

    /** What it answered; where it has the name but nothing of the kind, that it does not know it. */
    SystemError answer() {
        return answer;
    }
}
