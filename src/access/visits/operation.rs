//! What somebody can do at a diary.

use crate::vocabulary;

vocabulary! {
    /// An operation at a diary, by its id in the contract. The access log has it, whether an app or a page asked for it.
    pub enum Operation {
        /// The diaries that somebody may read, each of which is looked at.
        ListDiaries = "listDiaries",
        /// A diary's settings.
        GetDiary = "getDiary",
        /// Changing them.
        UpdateDiary = "updateDiary",
        /// Cramps, and a page of the diary.
        ListEpisodes = "listEpisodes",
        /// Logging a cramp.
        CreateEpisode = "createEpisode",
        /// One cramp.
        GetEpisode = "getEpisode",
        /// Writing a cramp at an id.
        PutEpisode = "putEpisode",
        /// Changing parts of a cramp.
        PatchEpisode = "patchEpisode",
        /// Deleting a cramp.
        DeleteEpisode = "deleteEpisode",
        /// What a cramp said before.
        ListEpisodeVersions = "listEpisodeVersions",
        /// The soreness after a cramp.
        ListSoreness = "listSoreness",
        /// Writing down how sore the leg is on a date.
        PutSoreness = "putSoreness",
        /// Deleting that.
        DeleteSoreness = "deleteSoreness",
        /// Days that were checked in.
        ListCheckIns = "listCheckIns",
        /// Checking a day in.
        PutCheckIn = "putCheckIn",
        /// Taking that back.
        DeleteCheckIn = "deleteCheckIn",
        /// Treatments.
        ListTreatments = "listTreatments",
        /// Logging a treatment.
        CreateTreatment = "createTreatment",
        /// One treatment.
        GetTreatment = "getTreatment",
        /// Writing a treatment at an id.
        PutTreatment = "putTreatment",
        /// Changing parts of a treatment.
        PatchTreatment = "patchTreatment",
        /// Deleting a treatment.
        DeleteTreatment = "deleteTreatment",
        /// What to ask the person now.
        ListPrompts = "listPrompts",
        /// What share of the cramps comes at night.
        GetNightShare = "getNightShare",
        /// How often, how long, how bad.
        GetSummary = "getSummary",
        /// How that changes.
        GetTrend = "getTrend",
        /// When in the day.
        GetTimeOfDay = "getTimeOfDay",
        /// How long the leg stays sore.
        GetSorenessCourse = "getSorenessCourse",
        /// Fourteen days as a table.
        GetTrialBlock = "getTrialBlock",
        /// Before a treatment and after.
        GetBeforeAfter = "getBeforeAfter",
        /// The sheet for the clinician.
        GetReport = "getReport",
        /// The report as a PDF.
        GetReportPdf = "getReportPdf",
        /// Everything, to take away.
        ExportDiary = "exportDiary",
        /// What was logged, as tables to take away.
        ExportDiaryCsv = "exportDiaryCsv",
        /// The same as HL7 FHIR has it.
        ExportDiaryFhir = "exportDiaryFhir",
        /// What was taken away, brought back.
        ImportDiary = "importDiary",
        /// Cramps from another diary's table.
        ImportCsv = "importCsv",
        /// What changed since a device looked last.
        ListChanges = "listChanges",
        /// Changes that a device brings.
        PushChanges = "pushChanges",
        /// The same as `WatermelonDB` asks for it.
        PullWatermelon = "pullWatermelon",
        /// The same as it brings it.
        PushWatermelon = "pushWatermelon",
        /// The same as `RxDB` asks for it.
        PullRxdb = "pullRxdb",
        /// The same as it brings it.
        PushRxdb = "pushRxdb",
        /// The same as it has it told.
        StreamRxdb = "streamRxdb",
        /// Being told of each change.
        StreamRevisions = "streamRevisions",
        /// Whose diary it is, as HL7 FHIR has it.
        GetFhirPatient = "getFhirPatient",
        /// All of it.
        GetFhirEverything = "getFhirEverything",
        /// One thing of it.
        GetFhirResource = "getFhirResource",
        /// Cramps, soreness and check-ins.
        SearchFhirObservations = "searchFhirObservations",
        /// What is taken.
        SearchFhirMedications = "searchFhirMedications",
        /// What else is done.
        SearchFhirProcedures = "searchFhirProcedures",
        /// The report.
        SearchFhirDocuments = "searchFhirDocuments",
        /// What was agreed to.
        SearchFhirConsents = "searchFhirConsents",
        /// Who looked.
        SearchFhirAuditEvents = "searchFhirAuditEvents",
        /// What a health link opens.
        OpenHealthLink = "openHealthLink",
        /// Its file.
        GetHealthLinkFile = "getHealthLinkFile",
        /// What was agreed to.
        ListConsents = "listConsents",
        /// Codes that were given out.
        ListInvitations = "listInvitations",
        /// Giving one out.
        CreateInvitation = "createInvitation",
        /// Ending one.
        RevokeInvitation = "revokeInvitation",
        /// With whom the diary is shared.
        ListGrants = "listGrants",
        /// Ending a grant, or giving it back.
        RevokeGrant = "revokeGrant",
        /// Links to the report.
        ListReportLinks = "listReportLinks",
        /// Making one.
        CreateReportLink = "createReportLink",
        /// Ending one.
        RevokeReportLink = "revokeReportLink",
        /// Up to where the diary is reviewed.
        ListReviews = "listReviews",
        /// Saying so.
        CreateReview = "createReview",
        /// Who looked.
        ListAccessLog = "listAccessLog",
    }
}
